"""The supervisor's small parts: pauses, rotation, ports, the lock, who a process is."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.stack.child import Child, Part
from cli.stack.folder import DataFolder
from cli.stack.launch import __file__ as launcher
from cli.stack.ports import choose_any_port, is_free
from cli.stack.processes import Identity, end, identify, is_alive, recall, remember
from cli.stack.rotation import rotate
from cli.stack.state import Journal, StackState
from cli.stack.supervisor import Backoff, Supervisor
from core.errors import Unavailable
from core.settings import is_loopback
from tests.cli.stage import wait_for

DIES = [sys.executable, "-c", "import sys; print('no luck today'); sys.exit(9)"]


async def always() -> bool:
    return True


async def never() -> bool:
    return False


@pytest.fixture
def folder(data: Path) -> DataFolder:
    made = DataFolder(data)
    made.create()
    return made


def test_pauses_grow_up_to_a_bound_and_begin_anew_after_calm() -> None:
    backoff, pause, pauses = Backoff(first=0.2, longest=2.0, calm=60.0), 0.0, []
    for _ in range(6):
        pause = backoff.next(pause, lived=1.0)
        pauses.append(pause)
    assert pauses == [0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    assert backoff.next(pause, lived=61.0) == 0.2


async def test_a_child_that_dies_again_and_again_is_restarted_ever_slower(folder: DataFolder) -> None:
    journal = Journal(folder.run, folder.logs / "supervisor.log", StackState(Identity(os.getpid(), "")))
    supervisor = Supervisor(folder, journal, Backoff(first=0.05, longest=0.2))
    await supervisor.start(Part(name="sick", command=DIES, environment={}, is_ready=never, must_be_ready=False))
    await asyncio.to_thread(wait_for, lambda: journal.part("sick").restarts >= 3)
    assert journal.part("sick").last_exit == "exit code 9"
    await supervisor.stop()
    told = (folder.logs / "supervisor.log").read_text()
    assert '"pause_s":0.05' in told
    assert '"pause_s":0.1' in told
    assert journal.part("sick").state == "stopped"


async def test_a_child_that_never_lives_fails_the_start_with_its_last_words(folder: DataFolder) -> None:
    journal = Journal(folder.run, folder.logs / "supervisor.log", StackState(Identity(os.getpid(), "")))
    supervisor = Supervisor(folder, journal, Backoff(first=0.01))
    with pytest.raises(Unavailable, match=r"sick ended .* \(exit code 9\): no luck today .*sick\.log"):
        await supervisor.start(Part(name="sick", command=DIES, environment={}, is_ready=never, attempts=2))
    assert (folder.logs / "sick.log").read_text().count("no luck today") == 2
    await supervisor.stop()


async def test_a_child_that_takes_too_long_is_named(folder: DataFolder) -> None:
    part = Part(name="slow", command=["/bin/sleep", "60"], environment={}, is_ready=never, ready_within=0.1)
    child = Child(part, folder.logs, folder.run)
    await child.start()
    with pytest.raises(Unavailable, match=r"slow did not get ready within 0\.1 s"):
        await child.wait_ready()
    await child.stop(asyncio.Event())
    assert child.returncode == -signal.SIGTERM


def test_a_child_dies_with_its_parent() -> None:
    command = [sys.executable, launcher, "PARENT", str(signal.SIGTERM.value), "-1", "-1", "-1", "/bin/sleep", "60"]
    script = (
        f"import os, subprocess; c = {command!r}; c[2] = str(os.getpid()); print(subprocess.Popen(c).pid, flush=True); input()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = identify(int(parent.stdout.readline()))
    assert child is not None
    wait_for(lambda: b"/bin/sleep" in Path(f"/proc/{child.pid}/cmdline").read_bytes()[:20])
    parent.kill()
    parent.communicate()
    wait_for(lambda: not is_alive(child), within=5)


def test_a_child_whose_parent_died_before_it_could_look_does_not_start() -> None:
    started = subprocess.run([sys.executable, launcher, "1", "15", "-1", "-1", "-1", "/bin/echo", "alive"], capture_output=True)
    assert started.returncode == 1
    assert started.stdout == b""


def test_logs_are_copied_away_and_emptied_and_few_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    with log.open("ab") as child:  # as a child has it open, appending
        for number in range(1, 6):
            child.write(f"{number}".encode() * 100)
            child.flush()
            assert rotate(log, largest=50, kept=3)
            assert log.stat().st_size == 0
        child.write(b"small")
        child.flush()
        assert not rotate(log, largest=50, kept=3)
    assert log.read_bytes() == b"small"
    kept = {path.name: path.read_text()[0] for path in tmp_path.glob("*.log.*")}
    assert kept == {"gateway.log.1": "5", "gateway.log.2": "4", "gateway.log.3": "3"}


def test_a_taken_port_is_seen_and_a_preferred_one_kept() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert not is_free("127.0.0.1", taken)
        assert choose_any_port(taken) != taken
    assert choose_any_port(taken) == taken


@pytest.mark.parametrize(
    ("host", "is_ours"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("muse.example", False)]
)
def test_loopback(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


def test_a_folder_has_one_supervisor(folder: DataFolder) -> None:
    with folder.lock() as first, DataFolder(folder.root).lock() as second:
        assert (first, second) == (True, False)
    with folder.lock() as third:
        assert third


def test_a_pid_that_was_given_anew_is_not_taken_for_ours(tmp_path: Path) -> None:
    myself = identify(os.getpid())
    assert myself is not None
    assert is_alive(myself)
    assert not is_alive(Identity(myself.pid, "another start"))
    remember(tmp_path / "x.pid", myself)
    assert recall(tmp_path / "x.pid") == myself
    (tmp_path / "x.pid").write_text("4711")
    assert recall(tmp_path / "x.pid") is None


def test_ending_a_process_goes_from_gentle_to_hard() -> None:
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    identity = identify(process.pid)
    assert identity is not None
    assert asyncio.run(end(identity, [(signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0)]))
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
