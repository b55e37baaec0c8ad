"""How a stack ends: in order when asked, cleaned up by the next one when killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cli.stack.processes import Identity, identify, is_alive, remember
from tests.cli.stage import on_stage, wait_for


def command_lines() -> list[bytes]:
    """Return what every process of this machine was started with."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended meanwhile
            found.append(file.read_bytes())
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_in_order(data: Path, number: signal.Signals) -> None:
    with on_stage(data) as stage:
        process = stage.up_in_foreground()
        pids = {name: stage.pid(name) for name in stage.state().parts}
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
        assert process.returncode == 0, said
        assert "/chat/luna" in said
        ends = [(entry["role"], entry["event"]) for entry in stage.diary() if entry["event"] != "started"]
        assert ends == [("gateway", "asked"), ("gateway", "finished"), ("worker", "asked"), ("worker", "finished")]
        assert "database system is shut down" in (stage.folder.logs / "postgres.log").read_text()
        assert all(identify(pid) is None for pid in pids.values())
        assert stage.state().phase == "stopped"
        assert not list(stage.folder.run.glob("*.pid"))


def test_a_second_ctrl_c_hastens(data: Path) -> None:
    with on_stage(data) as stage:
        stage.environment["STAND_IN_WORK_S"] = "60"
        process = stage.up_in_foreground()
        process.send_signal(signal.SIGINT)
        wait_for(lambda: any(entry["event"] == "asked" for entry in stage.diary()))
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert time.monotonic() - began < 10
        assert process.returncode == 0
        assert "database system is shut down" in (stage.folder.logs / "postgres.log").read_text()


def test_the_next_up_cleans_after_a_killed_supervisor_and_loses_nothing(data: Path) -> None:
    with on_stage(data) as stage:
        assert stage.up().returncode == 0
        stage.query("CREATE TABLE kept AS SELECT 42 AS answer")
        left = {name: identify(stage.pid(name)) for name in stage.state().parts}
        stage.kill_supervisor()
        assert stage.muse("status").returncode == 1
        started = stage.up()
        assert started.returncode == 0, started.stderr
        assert all(process is not None and not is_alive(process) for process in left.values())
        assert stage.query("SELECT answer FROM kept") == "42"
        assert stage.muse("down").returncode == 0


def test_down_ends_what_a_killed_supervisor_left(data: Path) -> None:
    with on_stage(data) as stage:
        assert stage.up().returncode == 0
        left = [identify(stage.pid(name)) for name in stage.state().parts]
        stage.kill_supervisor()
        assert stage.muse("down").returncode == 0
        assert all(process is not None and not is_alive(process) for process in left)
        assert "not running" in stage.muse("down").stdout


def test_leftovers_that_outlive_everything_are_ended_and_strangers_spared(data: Path) -> None:
    """Processes that ignore the supervisor's death, under our pid files: one truly ours, one number that was given anew."""
    sleep = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"]
    ours, stranger = subprocess.Popen(sleep), subprocess.Popen(["sleep", "60"])
    try:
        with on_stage(data) as stage:
            stage.folder.create()
            identity = identify(ours.pid)
            assert identity is not None
            remember(stage.folder.run / "worker.pid", identity)
            remember(stage.folder.run / "gateway.pid", Identity(stranger.pid, "before the last boot"))
            (stage.folder.run / "sockets").mkdir(mode=0o700)
            (stage.folder.run / "sockets" / "valkey.sock").touch()
            (stage.folder.run / "sockets" / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
            process = stage.up()
            assert process.returncode == 0, process.stderr
            assert "ended what a killed run had left: worker" in process.stdout
        assert ours.wait(timeout=5) == -signal.SIGKILL
        assert stranger.poll() is None
    finally:
        for process_ in (ours, stranger):
            process_.kill()
            process_.wait()


def test_a_pid_file_of_postgres_that_names_a_stranger_does_not_stop_the_start(data: Path) -> None:
    with on_stage(data) as stage:
        assert stage.up().returncode == 0
        stage.query("CREATE TABLE kept AS SELECT 7 AS answer")
        stage.muse("down")
        (stage.folder.postgres / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/nowhere\n")
        started = stage.up()
        assert started.returncode == 0, started.stderr
        assert stage.query("SELECT answer FROM kept") == "7"


def test_an_initdb_that_was_cut_short_is_done_again(data: Path) -> None:
    with on_stage(data) as stage:
        stage.folder.create()
        half = stage.folder.postgres / "data.new" / "base"
        half.mkdir(parents=True)
        (half / "rubbish").touch()
        assert stage.up().returncode == 0
        assert stage.query("SELECT 1") == "1"
        assert not half.exists()


def test_a_start_that_is_interrupted_leaves_nothing_running(data: Path) -> None:
    with on_stage(data) as stage:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.stand_in_stack", "up"], env=stage.environment, stdout=subprocess.DEVNULL
        )
        wait_for(lambda: list(stage.folder.run.glob("*.pid")))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert stage.state().phase == "stopped"
        assert all(part.pid is None for part in stage.state().parts.values())
        assert not any(str(data).encode() in line for line in command_lines())
