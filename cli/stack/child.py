"""One child process: how it is started, when it counts as ready, how it is stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from cli.stack import launch
from cli.stack.privileges import RunAs
from cli.stack.processes import Identity, identify, remember
from core.errors import Unavailable

HURRY_WITHIN = 1.0
# what a server may see of our environment: nothing of Muse's settings, no library's switches
SERVER_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")


class Part(Struct, frozen=True, kw_only=True):
    """What the supervisor must know of one part of the stack. Times in seconds.

    `stop_signal` asks it to finish its work, `hurry_signal` to leave at once. `is_ready` answers whether it serves;
    `prepare` runs before each start. `must_be_ready`: `up` waits for it, at most `attempts` starts long. Parts stop in the
    order of their `rank`, the highest first.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    is_ready: Callable[[], Awaitable[bool]]
    account: RunAs | None = None
    prepare: Callable[[], Awaitable[None]] | None = None
    ready_within: float = 30.0
    must_be_ready: bool = True
    attempts: int = 3
    rank: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    hurry_signal: signal.Signals = signal.SIGKILL
    stop_within: float = 10.0
    address: str = ""


class Child:
    """A running part, with its output appended to a log file."""

    def __init__(self, part: Part, logs: Path, pid_files: Path) -> None:
        """Prepare; nothing is started."""
        self.part = part
        self.log = logs / f"{part.name}.log"
        self.pid_file = pid_files / f"{part.name}.pid"
        self.process: asyncio.subprocess.Process | None = None
        self.identity: Identity | None = None
        self.started_at = 0.0

    async def start(self) -> None:
        """Start the process; it dies with us where the system can do that (Linux)."""
        part = self.part
        if part.prepare:
            await part.prepare()
        command = [*_launcher(part), *part.command]
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=part.environment,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor alone, which stops in order
            )
        finally:
            os.close(log)
        self.started_at = time.time()
        self.identity = identify(self.process.pid)
        if self.identity:
            remember(self.pid_file, self.identity)

    async def wait_ready(self) -> None:
        """Wait until it serves. Raises `Unavailable` with its last words when it ends before, or takes too long."""
        deadline, pause = time.monotonic() + self.part.ready_within, 0.03
        while self.process is not None and self.process.returncode is None:
            if await self.part.is_ready():
                return
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.part.name} did not get ready within {self.part.ready_within:g} s; see {self.log}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, 0.5)
        how, words = describe_exit(self.returncode), last_words(self.log)
        raise Unavailable(f"{self.part.name} ended right after its start ({how}): {words} (see {self.log})")

    @property
    def returncode(self) -> int | None:
        """How it ended, None while it runs."""
        return self.process.returncode if self.process else None

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ask it to finish, wait, and end it. `hurry` set: it gets one second more."""
        process, part = self.process, self.part
        if process is not None and process.returncode is None:
            process.send_signal(part.stop_signal)
            never = asyncio.Event()
            if not await _ended(process, part.stop_within, hurry) and not await _ended(process, HURRY_WITHIN, never):
                process.send_signal(part.hurry_signal)
                if not await _ended(process, HURRY_WITHIN, never):
                    process.send_signal(signal.SIGKILL)
                    await process.wait()
        self.pid_file.unlink(missing_ok=True)


async def _ended(process: asyncio.subprocess.Process, within: float, hurry: asyncio.Event) -> bool:
    """Wait for the end, or until patience or the hurry event cut it short."""
    waits = [asyncio.ensure_future(process.wait()), asyncio.ensure_future(hurry.wait())]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        return process.returncode is not None
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _launcher(part: Part) -> list[str]:
    run_as = part.account or RunAs(-1, -1)
    numbers = (os.getpid(), part.stop_signal.value, run_as.uid, run_as.gid, run_as.capability)
    return [sys.executable, "-I", "-S", launch.__file__, *map(str, numbers)]


def describe_exit(returncode: int | None) -> str:
    """Say in words how a process ended."""
    if returncode is None:
        return "still running"
    return f"killed by {signal.Signals(-returncode).name}" if returncode < 0 else f"exit code {returncode}"


def last_words(log: Path, size: int = 2000) -> str:
    """Return the last line that says something."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - size))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


def server_environment() -> dict[str, str]:
    """Return the environment for a database server."""
    return {name: os.environ[name] for name in SERVER_ENVIRONMENT if name in os.environ}
