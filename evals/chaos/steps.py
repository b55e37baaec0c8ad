"""The steps of a message's way, and stopping the first who comes by one of them.

In Postgres a trigger (`sql/steps.sql`) waits for a lock that the harness holds, so that a blow lands exactly there; a step
after a commit is told by NOTIFY. The two simulators stop at their steps themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from core.errors import MuseError
from storage.database import AWAY
from storage.queries import parse
from storage.roles import connect

HERE = Path(__file__).parent / "sql"
SQL = parse((HERE / "audit.sql").read_text())
STEPS = {
    "received": 1,  # the events are about to be written
    "stored": 2,  # written, about to be committed
    "acknowledged": 3,  # committed, the platform about to hear of it
    "leased": 4,  # a worker is taking the turn
    "thinking": 5,  # the model was asked
    "tool": 6,  # a tool has run, the model was asked again
    "committing": 7,  # verdict and effects are written, about to be committed
    "committed": 8,  # the turn is true, nothing has left
    "claimed": 9,  # a worker is taking the delivery
    "sending": 10,  # the platform got the call and has done nothing
    "sent": 11,  # the fan has it, the platform has not answered
    "settling": 12,  # answered, about to be written down
    "settled": 13,  # written down
}
TOLD = {"acknowledged", "committed", "settled"}
SIMULATED = {"thinking", "tool", "sending", "sent"}
LOOK_S = 0.005
GONE = (MuseError, *AWAY)  # what a blow to Postgres means for whoever watches


class Gate:
    """Steps at the simulators: whoever comes by an armed one is stopped until it is freed."""

    def __init__(self) -> None:
        self.words = ""  # of what last stopped at a step
        self._armed: dict[str, tuple[asyncio.Event, asyncio.Event]] = {}

    def reach(self, step: str, words: str) -> asyncio.Event | None:
        """Tell that somebody came by; return what to wait for, if the step is armed and nobody stands there yet.

        `words` stand in a message or delivery of whoever comes by.
        """
        reached, freed = self._armed.get(step, (None, None))
        if reached is None or reached.is_set():
            return None
        self.words = words
        reached.set()
        return freed

    async def pass_by(self, step: str, words: str) -> None:
        """Come by a step and wait there while it is held."""
        if freed := self.reach(step, words):
            await freed.wait()

    @asynccontextmanager
    async def armed(self, step: str) -> AsyncIterator[asyncio.Event]:
        """Hold a step; the yielded event is set once somebody stands there."""
        reached, freed = asyncio.Event(), asyncio.Event()
        self._armed[step] = (reached, freed)
        try:
            yield reached
        finally:
            del self._armed[step]
            freed.set()


class Steps:
    """The steps of a running stack, in its database and at the simulators."""

    def __init__(self, admin_dsn: str, gate: Gate) -> None:
        """Reach the database as its superuser."""
        self._dsn = admin_dsn
        self._gate = gate

    async def lay(self) -> None:
        """Put the triggers over the schema."""
        connection = await connect(self._dsn)
        try:
            await connection.execute((HERE / "steps.sql").read_text())
        finally:
            await connection.close()

    @asynccontextmanager
    async def stopped(self, step: str, patience_s: float) -> AsyncIterator[str | None]:
        """Stop the first who comes by and yield the name of their process ("" at a simulator); None: nobody came in time."""
        if step in SIMULATED:
            async with self._gate.armed(step) as reached:
                with suppress(TimeoutError):
                    await asyncio.wait_for(reached.wait(), patience_s)
                yield await self._holder() if reached.is_set() else None
            return
        connection = await connect(self._dsn)
        try:
            yield await self._catch(connection, step, patience_s)
        finally:
            connection.terminate()  # ends the lock too; the server may be gone by now

    async def _holder(self) -> str:
        """Return who holds the lease or the delivery of what stopped at a simulator: their own name, which ends in a pid."""
        if not self._gate.words:
            return ""
        connection = await connect(self._dsn)
        try:
            return str(await connection.fetchval(SQL["holder_of"].sql, f"%{self._gate.words}%") or "")
        finally:
            await connection.close()

    async def _catch(self, connection: Any, step: str, patience_s: float) -> str | None:
        told: asyncio.Queue[int] = asyncio.Queue()
        if step in TOLD:
            await connection.add_listener("chaos", lambda _c, _p, _n, said: told.put_nowait(int(str(said).split()[1])))
        await connection.fetchval(SQL["hold_step"].sql, STEPS[step])
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                if step in TOLD:
                    return str(await connection.fetchval(SQL["name_of"].sql, await told.get()) or "")
                return await self._watch(connection, step)
        return None

    async def _watch(self, connection: Any, step: str) -> str:
        while True:
            standing = await connection.fetch(SQL["stopped_at"].sql, STEPS[step])
            if standing:
                return str(standing[0]["name"])
            await asyncio.sleep(LOOK_S)
