"""`muse down`: asks the supervisor to stop; where it was killed, ends what it left."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from rich.console import Console

from cli.stack.folder import DataFolder
from cli.stack.leftovers import end_leftovers
from cli.stack.processes import is_alive
from cli.stack.state import StackState, read_living_state, read_state
from core.errors import Unavailable

WITHIN = 90.0


def bring_down(folder: DataFolder, within: float = WITHIN) -> int:
    """Stop the stack of a data folder; fine when there is none. Raises `Unavailable` when it does not end `within` seconds."""
    console = Console(highlight=False)
    state = read_living_state(folder.run)
    if state is None:
        return _tidy(folder, console)
    os.kill(state.supervisor.pid, signal.SIGTERM)
    deadline, shown = time.monotonic() + within, ""
    with console.status("stopping …") as status:
        while is_alive(state.supervisor):
            if time.monotonic() > deadline:
                raise Unavailable(f"Muse (pid {state.supervisor.pid}) did not stop within {within:g} s; see {folder.logs}")
            shown = _stopping(read_state(folder.run)) or shown
            status.update(f"stopping {shown} …")
            time.sleep(0.05)
    console.print("Muse is stopped.")
    return 0


def _stopping(state: StackState | None) -> str:
    return ", ".join(name for name, part in state.parts.items() if part.state == "stopping") if state else ""


def _tidy(folder: DataFolder, console: Console) -> int:
    if not folder.run.is_dir():
        console.print("Muse is not running.")
        return 0
    with folder.lock() as ours:
        if not ours:
            raise Unavailable(f"Muse is just starting or stopping in {folder.root}; try again in a moment.")
        left = asyncio.run(end_leftovers(folder))
    console.print(
        f"Muse was not running; ended what a killed run had left: {', '.join(left)}." if left else "Muse is not running."
    )
    return 0
