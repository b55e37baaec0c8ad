"""What the supervisor tells others: one file, `run/state.json`, replaced at every change and read by the other commands."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from cli.stack.processes import Identity, is_alive, replace


class Step(Struct):
    """One step of the start; `state` is running, done or failed, `seconds` how long it took."""

    name: str
    state: str = "running"
    seconds: float = 0.0
    note: str = ""


class PartState(Struct):
    """One part; `state` is starting, warming, running, restarting, stopped or outside. `since` is a Unix time."""

    state: str
    address: str = ""
    pid: int | None = None
    since: float = 0.0
    restarts: int = 0
    last_exit: str = ""


class StackState(Struct):
    """The whole; `phase` is starting, ready, stopping, stopped or failed (then `error` and `exit_code` say why)."""

    supervisor: Identity
    phase: str = "starting"
    url: str = ""
    error: str = ""
    exit_code: int = 0
    since: float = 0.0
    steps: list[Step] = []
    parts: dict[str, PartState] = {}


def write_state(run: Path, state: StackState) -> None:
    """Replace the file."""
    replace(run / "state.json", msgspec.json.format(msgspec.json.encode(state)))


def read_state(run: Path) -> StackState | None:
    """Return what the last supervisor wrote, alive or not; None when there is nothing readable."""
    try:
        return msgspec.json.decode((run / "state.json").read_bytes(), type=StackState)
    except (OSError, msgspec.DecodeError):
        return None


def read_living_state(run: Path) -> StackState | None:
    """Return the state if its supervisor still runs."""
    state = read_state(run)
    return state if state and is_alive(state.supervisor) else None


class Journal:
    """Keeps the state file and the supervisor's own log up to date; a full disk silences it but stops nothing."""

    def __init__(self, run: Path, log: Path, state: StackState) -> None:
        """Start with a state; it is written at the first change."""
        self.run, self.log, self.state = run, log, state

    def save(self) -> None:
        """Write the state file."""
        with suppress(OSError):
            write_state(self.run, self.state)

    def tell(self, event: str, **fields: object) -> None:
        """Add a line to the supervisor's log."""
        line = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "process": "supervisor", "event": event}
        with suppress(OSError), self.log.open("ab") as file:
            file.write(msgspec.json.encode(line | fields) + b"\n")

    def part(self, name: str) -> PartState:
        """Return a part's entry, made when it is new."""
        return self.state.parts.setdefault(name, PartState("starting"))
