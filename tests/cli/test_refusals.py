"""Each thing that can be wrong before a start is one clear sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from cli.stack.ports import FIRST
from tests.cli.stage import NOBODY, on_stage


def assert_refused(ended: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stderr.startswith("muse: ")
    for word in words:
        assert word in ended.stderr


@pytest.fixture
def taken() -> int:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("detach", [True, False])
def test_a_taken_port_that_the_user_set(data: Path, taken: int, detach: bool) -> None:
    with on_stage(data, port=str(taken)) as stage:
        assert_refused(stage.up(detach=detach), 3, "MUSE_PORT", str(taken), "taken")
        assert stage.living() is None


def test_a_taken_port_that_nobody_set_is_passed_over(data: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", FIRST))
            other.listen()
        except OSError:
            pass  # somebody else has it, which serves as well
        with on_stage(data, port="") as stage:
            started = stage.up()
            assert started.returncode == 0, started.stderr
            port = int(stage.state().url.rpartition(":")[2])
            assert FIRST < port < FIRST + 100
            assert f"http://127.0.0.1:{port}/chat/luna" in started.stdout
            assert stage.gateway_environment()["MUSE_PORT"] == str(port)


def test_an_address_that_others_can_reach(data: Path) -> None:
    with on_stage(data, host="0.0.0.0") as stage:
        assert_refused(stage.up(), 3, "MUSE_HOST", "MUSE_ALLOW_REMOTE=true")
    assert not data.exists()


def test_a_data_folder_that_is_not_writable(ordinary_data: Path) -> None:
    ordinary_data.parent.chmod(0o555)
    with on_stage(ordinary_data, ordinary=True) as stage:
        assert_refused(stage.up(), 3, "Cannot write to the data folder", str(ordinary_data), "MUSE_DATA_DIR")


def test_a_data_folder_that_belongs_to_somebody_else(data: Path) -> None:
    assert os.geteuid() != NOBODY
    data.mkdir(mode=0o500)
    with on_stage(data, ordinary=True) as stage:
        assert_refused(stage.up(detach=False), 3, "Cannot write to the data folder", str(data))


def test_a_data_folder_of_a_newer_layout(data: Path) -> None:
    data.mkdir()
    (data / "VERSION").write_text("999\n")
    with on_stage(data) as stage:
        assert_refused(stage.up(), 3, "999", "newer Muse")
    assert sorted(path.name for path in data.iterdir()) == ["VERSION"]


def test_a_data_folder_of_a_newer_schema(data: Path) -> None:
    with on_stage(data) as stage:
        assert stage.up().returncode == 0
        stage.query("INSERT INTO schema_migrations (version, name, checksum) VALUES (999, 'later', 'x')", role="owner")
        assert stage.muse("down").returncode == 0
        refused = stage.up()
        assert_refused(refused, 3, "999")
        assert "✗ database" in refused.stdout
        assert stage.living() is None
        assert stage.state().phase == "failed"


def test_a_full_disk(data: Path) -> None:
    with on_stage(data) as stage:
        assert_refused(stage.up(str(10**18)), 3, "MB are free", str(data))
        assert stage.living() is None


def test_an_unknown_setting(data: Path) -> None:
    with on_stage(data, quiett_s="1") as stage:
        for command in ("up", "status", "migrate"):
            assert_refused(stage.muse(command), 3, "MUSE_QUIETT_S", "MUSE_QUIET_S")


def test_a_child_that_dies_at_once_says_why(data: Path) -> None:
    with on_stage(data) as stage:
        stage.folder.create()
        (stage.folder.root / "diary.jsonl").mkdir()  # the stand-in cannot write its diary
        refused = stage.up()
        assert_refused(refused, 4, "gateway ended right after its start", "IsADirectoryError", "gateway.log")
        assert stage.living() is None


def test_status_migrate_and_logs_without_a_stack(data: Path) -> None:
    with on_stage(data) as stage:
        status = stage.muse("status")
        assert status.returncode == 1
        assert "not running" in status.stdout
        assert_refused(stage.muse("migrate"), 4, "not running", "muse up")
        assert_refused(stage.muse("logs"), 5, "no log")
        assert stage.muse("down").returncode == 0
    assert not data.exists()
