"""Keeps children running: starts them, restarts what dies with growing pauses, stops them in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from itertools import groupby

from msgspec import Struct

from cli.stack.child import Child, Part, describe_exit
from cli.stack.folder import DataFolder
from cli.stack.rotation import rotate
from cli.stack.state import Journal
from core.errors import MuseError, Unavailable

ROTATE_EVERY = 5.0


class Backoff(Struct, frozen=True):
    """Pauses before restarts, in seconds: `first`, doubled up to `longest`; `first` again after `calm` seconds of life."""

    first: float = 0.2
    longest: float = 30.0
    calm: float = 60.0

    def next(self, last: float, lived: float) -> float:
        """Return the pause that follows `last` (0: none yet) after a child lived so long."""
        return self.first if not last or lived >= self.calm else min(last * 2, self.longest)


class Supervisor:
    """The children of one data folder."""

    def __init__(self, folder: DataFolder, journal: Journal, backoff: Backoff | None = None) -> None:
        """Prepare; nothing is started."""
        self.folder, self.journal, self.backoff = folder, journal, backoff or Backoff()
        self.children: dict[str, Child] = {}
        self.hurry = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, part: Part) -> None:
        """Start a part, wait until it serves if it must, and keep it running. Raises `Unavailable`."""
        if not self._tasks:
            self._watch(self._rotate_logs())
        child = self.children[part.name] = Child(part, self.folder.logs, self.folder.run)
        for attempt in range(part.attempts):
            await self._launch(child, "starting" if part.must_be_ready else "warming")
            try:
                if part.must_be_ready:
                    await child.wait_ready()
                break
            except Unavailable as error:
                if attempt + 1 == part.attempts or child.returncode is None:
                    raise
                self.journal.tell("ended during the start, trying again", part=part.name, error=str(error))
                await asyncio.sleep(self.backoff.first * 2**attempt)
        self._note(part.name, "running" if part.must_be_ready else "warming")
        self._watch(self._keep(child))

    async def stop(self) -> None:
        """Stop everything, the last to be started first, one rank after the other. `hurry` cuts patience short."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        ordered = sorted(self.children.values(), key=lambda child: -child.part.rank)
        for _, group in groupby(ordered, key=lambda child: child.part.rank):
            async with asyncio.TaskGroup() as stopping:
                for child in group:
                    stopping.create_task(self._stop(child))

    async def _stop(self, child: Child) -> None:
        self._note(child.part.name, "stopping")
        await child.stop(self.hurry)
        self.journal.part(child.part.name).pid = None
        self._note(child.part.name, "stopped")
        self.journal.tell("stopped", part=child.part.name, exit=describe_exit(child.returncode))

    async def _launch(self, child: Child, state: str) -> None:
        await child.start()
        entry = self.journal.part(child.part.name)
        entry.pid, entry.since, entry.address = (
            child.identity.pid if child.identity else None,
            child.started_at,
            child.part.address,
        )
        self._note(child.part.name, state)

    async def _keep(self, child: Child) -> None:
        """Restart the child whenever it ends, until we are cancelled."""
        pause = 0.0
        while True:
            if child.process is not None:
                await self._serve(child)
            pause = self.backoff.next(pause, time.time() - child.started_at)
            entry = self.journal.part(child.part.name)
            entry.pid, entry.last_exit = None, describe_exit(child.returncode)
            entry.restarts += 1
            self._note(child.part.name, "restarting")
            self.journal.tell("died and is restarted", part=child.part.name, exit=entry.last_exit, pause_s=pause)
            await asyncio.sleep(pause)
            try:
                await self._launch(child, "starting")
            except (MuseError, OSError) as error:
                self.journal.tell("could not be started", part=child.part.name, error=str(error))

    async def _serve(self, child: Child) -> None:
        """Wait until the child serves, say so, and wait until it ends."""
        try:
            await child.wait_ready()
            self._note(child.part.name, "running")
            self.journal.tell("serves", part=child.part.name)
        except Unavailable as error:
            self.journal.tell("does not serve", part=child.part.name, error=str(error))
        if child.process is not None:
            await child.process.wait()

    async def _rotate_logs(self) -> None:
        while True:
            for log in self.folder.logs.glob("*.log"):
                with suppress(OSError):  # a full disk must not end the rotation for good
                    rotate(log)
            await asyncio.sleep(ROTATE_EVERY)

    def _note(self, name: str, state: str) -> None:
        self.journal.part(name).state = state
        self.journal.save()

    def _watch(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.add(asyncio.create_task(work))
