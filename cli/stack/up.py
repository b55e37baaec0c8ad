"""`muse up`: one supervisor per data folder, in this process or in one of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.settings import ROOT, as_environment
from cli.stack.child import last_words
from cli.stack.folder import LEAST_FREE, DataFolder
from cli.stack.progress import Progress, print_addresses
from cli.stack.stack import Stack
from cli.stack.state import StackState, read_living_state, read_state
from core.errors import Misconfigured, MuseError, Unavailable
from core.settings import Settings, check_host

ENDED = ("failed", "stopped")
STOPPING_WITHIN = 90.0


def bring_up(settings: Settings, *, least_free: int = LEAST_FREE, **stand_ins: Any) -> int:
    """Run the stack until SIGINT, SIGTERM or SIGHUP; return the exit code. `stand_ins` go to `Stack`. Raises `MuseError`."""
    check_host(settings)
    folder, progress = DataFolder(Path(settings.data_dir)), Progress()
    folder.create(least_free)
    deadline = time.monotonic() + STOPPING_WITHIN
    while time.monotonic() < deadline:
        with folder.lock() as ours:
            if ours:
                stack = Stack(settings, folder, show=_shower(progress, folder), **stand_ins)
                asyncio.run(_run(stack))
                return 0
        state = read_living_state(folder.run)
        if state and state.phase in ("starting", "ready"):
            return _join(folder, progress)
        time.sleep(0.2)  # the other one is just stopping
    raise Unavailable(f"Another Muse holds {folder.root} and does not end; see {folder.logs / 'supervisor.log'}")


def bring_up_detached(settings: Settings, command: Sequence[str] = (), *, least_free: int = LEAST_FREE) -> int:
    """Start a supervisor that outlives us and wait until everything answers. Raises `MuseError`.

    `command` is what runs it, `muse up` unless given.
    """
    check_host(settings)
    folder, progress = DataFolder(Path(settings.data_dir)), Progress()
    folder.create(least_free)
    state = read_living_state(folder.run)
    if state and state.phase in ("starting", "ready"):
        return _join(folder, progress)
    log = folder.logs / "supervisor.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 — our own command
            [*(command or (sys.executable, str(ROOT / "muse_cli.py"), "--trace", "up"))],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=as_environment(settings), start_new_session=True,
        )  # fmt: skip
    while process.poll() is None:
        state = read_living_state(folder.run)
        if state and (state.supervisor.pid == process.pid or state.phase == "ready"):
            return _join(folder, progress, process)
        time.sleep(0.05)
    if process.returncode == 0 and read_living_state(folder.run):
        return _join(folder, progress)  # somebody else was quicker
    raise _ended_early(folder, process.returncode)


def _join(folder: DataFolder, progress: Progress, process: subprocess.Popen[bytes] | None = None) -> int:
    """Follow another process's start to its end."""
    said = process is not None
    while True:
        if process is not None:
            process.poll()  # a dead child of ours would look alive as long as nobody collects it
        alive, state = read_living_state(folder.run), read_state(folder.run)
        if state is None or (alive is None and state.phase not in ENDED):
            raise Unavailable(f"The supervisor died during the start: {last_words(folder.logs / 'supervisor.log')}")
        if not said:
            said = True
            if state.phase == "ready":
                progress.console.print("Muse already runs here.")
                print_addresses(progress.console, state, folder)
                return 0
            progress.console.print("Muse is already starting here.")
        if state.phase in ENDED:
            progress.show(state)
            if process is not None:
                process.wait()
            raise _failure(state)
        progress.show(state)
        if state.phase == "ready":
            _finish(progress.console, state, folder)
            return 0
        time.sleep(0.05)


def _failure(state: StackState) -> Exception:
    kind = {3: Misconfigured, 1: MuseError}.get(state.exit_code, Unavailable)
    return kind(state.error or "Muse was stopped before it was ready.")


def _ended_early(folder: DataFolder, returncode: int) -> Exception:
    words = last_words(folder.logs / "supervisor.log").removeprefix("muse: ")
    return (Misconfigured if returncode == 3 else Unavailable)(words)


def _finish(console: Console, state: StackState, folder: DataFolder) -> None:
    console.print("Muse is up.")
    print_addresses(console, state, folder)
    if "worker" in state.parts and state.parts["worker"].state != "running":
        console.print("The influencers are waking up: the first answer takes some seconds more.", style="dim")


def _shower(progress: Progress, folder: DataFolder) -> Any:
    told = False

    def show(state: StackState) -> None:
        nonlocal told
        progress.show(state)
        if state.phase == "ready" and not told:
            told = True
            _finish(progress.console, state, folder)

    return show


async def _run(stack: Stack) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stack.ask_to_stop)
    await stack.run()
