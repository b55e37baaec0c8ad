"""Who runs what: as root the servers are somebody else, as an ordinary user they are us; parent folders stay as they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cli.stack.binaries import find_postgres
from cli.stack.privileges import CAP_DAC_READ_SEARCH, SERVER_GROUP, RunAs, choose_account
from core.errors import Misconfigured
from tests.cli.stage import NOBODY, Stage, on_stage

SERVERS = ("postgres", "valkey")
ROOT_USER = os.geteuid() == 0


def status_of(stage: Stage, name: str) -> dict[str, str]:
    lines = Path(f"/proc/{stage.pid(name)}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def modes(path: Path) -> list[tuple[str, int, int, int]]:
    return [(str(p), p.stat().st_mode, p.stat().st_uid, p.stat().st_gid) for p in path.parents]


def test_below_a_closed_parent_servers_pass_but_own_nothing(data: Path) -> None:
    """The parent is 0700 and ours: as root the servers may pass it, by one capability, and no permission changes."""
    data.parent.chmod(0o700)
    before = modes(data)
    with on_stage(data) as stage:
        assert stage.up().returncode == 0
        for name in SERVERS:
            status = status_of(stage, name)
            uid, gid, *_ = int(status["Uid"].split()[0]), int(status["Gid"].split()[0])
            assert (uid, gid) == ((NOBODY, SERVER_GROUP) if ROOT_USER else (os.geteuid(), os.getegid()))
            assert int(status["CapEff"], 16) == (1 << CAP_DAC_READ_SEARCH if ROOT_USER else 0)
            assert status["NoNewPrivs"] == ("1" if ROOT_USER else "0")
        assert stage.query("SELECT 1") == "1"
        assert modes(data) == before


def test_an_ordinary_user_is_who_everything_runs_as(ordinary_data: Path) -> None:
    before = modes(ordinary_data)
    with on_stage(ordinary_data, ordinary=True) as stage:
        started = stage.up()
        assert started.returncode == 0, started.stderr
        expected = NOBODY if ROOT_USER else os.geteuid()
        for name in ("postgres", "valkey", "chroma", "gateway", "worker"):
            assert int(status_of(stage, name)["Uid"].split()[0]) == expected
        assert stage.folder.root.stat().st_mode & 0o777 == 0o700
        assert stage.query("SELECT 1") == "1"
        assert modes(ordinary_data) == before


def test_no_capability_where_everybody_may_pass(tmp_path: Path) -> None:
    account = choose_account(Path("/var/muse"), [Path("/bin/sh")])
    assert account == (RunAs(NOBODY, SERVER_GROUP) if ROOT_USER else None)


def test_a_folder_that_cannot_be_passed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A container may give root neither capability; then there is a sentence, not a server that cannot read its files."""
    monkeypatch.setattr("cli.stack.privileges._permitted", frozenset)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    (tmp_path / "closed").mkdir(mode=0o700)
    with pytest.raises(Misconfigured, match=r"may not pass .*MUSE_DATA_DIR"):
        choose_account(tmp_path / "closed" / "data", [find_postgres()])


def test_a_path_too_long_for_sockets(data: Path) -> None:
    long = data.parent / ("x" * 90) / "m"
    long.parent.mkdir(mode=0o700)
    with on_stage(long) as stage:
        assert stage.up().returncode == 0
        sockets = Path(stage.part("postgres").address)
        assert sockets.parent == Path("/tmp")
        assert sockets.stat().st_mode & 0o777 == 0o700
        stage.query("CREATE TABLE kept AS SELECT 1 AS answer")
        stage.kill_supervisor()
        assert stage.up().returncode == 0
        assert Path(stage.part("postgres").address) == sockets  # remembered
        assert stage.query("SELECT answer FROM kept") == "1"
        assert stage.muse("down").returncode == 0
        assert not sockets.exists()


def test_root_does_not_lock_out_the_ordinary_user_who_made_the_folder(ordinary_data: Path) -> None:
    with on_stage(ordinary_data, ordinary=True) as stage:
        make = "import sys, pathlib, cli.stack.folder as f; f.DataFolder(pathlib.Path(sys.argv[1])).create()"
        stage.command(["-c", make, str(ordinary_data)])
        assert (ordinary_data / "VERSION").exists()
        as_root = Stage(ordinary_data).muse("up", "--detach") if ROOT_USER else None
        assert as_root is None or (as_root.returncode, "start Muse as that account" in as_root.stderr) == (3, True)
        assert {path.stat().st_uid for path in ordinary_data.rglob("*")} == {NOBODY if ROOT_USER else os.geteuid()}


def test_the_tests_play_an_ordinary_user_truly(ordinary_data: Path) -> None:
    stage = Stage(ordinary_data, ordinary=True)
    who = stage.command(["-c", "import os; print(os.geteuid()); open('/etc/muse-test', 'w')"])
    assert who.stdout.strip() != "0"
    assert "PermissionError" in who.stderr
    assert sys.executable
