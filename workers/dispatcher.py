"""Finds the turns that may be thought and starts them, at most so many at once.

What is due stands in Postgres: a claim takes it directly, many turns in one statement. A wake-up over pub/sub only says that a
look is worth while, and which running turns should look whether the fan went on; a lost one costs at most the time between two
looks. One heartbeat keeps all leases of this worker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from core.nouns import Lease
from storage.jobs import hear_turns
from storage.leases import claim_turns, keep_leases, wake_asleep
from workers.engine import Engine
from workers.turn import LeasedTurn

LARGEST_CLAIM = 64
AWAY_S = 0.5
SOONEST_S = 0.005
ASLEEP_S = 10.0
SPACING_S = 0.01  # between two looks of which the first found nothing
log = get_logger(__name__)


class Dispatcher:
    """Runs the turns of one worker."""

    def __init__(self, engine: Engine) -> None:
        """Take turns for this engine; nothing starts before `run` or `look`."""
        self._engine = engine
        self._running: dict[UUID, tuple[LeasedTurn, asyncio.Task[None]]] = {}
        self._woken = asyncio.Event()
        self._closing = False
        self._looked_in_vain = 0.0

    @property
    def free(self) -> int:
        """Return how many more turns may be thought at once."""
        return 0 if self._closing else max(0, self._engine.settings.turns - len(self._running))

    @property
    def busy(self) -> bool:
        """Whether a turn runs."""
        return bool(self._running)

    async def run(self) -> None:
        """Take turns until cancelled; the turns that run then go on until `drain`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self.beat())
            group.create_task(self._take())
            group.create_task(self._wake_sleepers())

    async def look(self) -> float:
        """Claim and start what may be thought now; return for how many seconds nothing more is expected."""
        settings = self._engine.settings
        wanted = min(self.free, LARGEST_CLAIM)
        if wanted == 0:
            return settings.sweep_s
        claims = await claim_turns(
            self._engine.house.app,
            self._engine.name,
            settings.lease_s,
            wanted,
            settings.influencer_turns,
            ahead=settings.think_ahead,
        )
        self._looked_in_vain = 0.0 if claims.leases else time.monotonic()
        for lease in claims.leases:
            self._start(lease)
        if len(claims.leases) == wanted:
            return 0.0
        return settings.sweep_s if claims.next_s is None else min(settings.sweep_s, max(0.0, claims.next_s) + SOONEST_S)

    async def settled(self) -> None:
        """Wait until no turn runs."""
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])

    async def drain(self, patience_s: float) -> int:
        """Start no more turns, wait for the running ones, cancel the rest; return how many were cancelled."""
        self._closing = True
        running = [task for _, task in self._running.values()]
        if not running:
            return 0
        _, late = await asyncio.wait(running, timeout=patience_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    async def beat(self) -> None:
        """Keep all leases alive until cancelled; a turn whose lease is lost is stopped."""
        settings = self._engine.settings
        while True:
            await asyncio.sleep(settings.lease_s / 4)
            held = [turn for turn, _ in self._running.values()]
            if not held:
                continue
            with suppress(MuseError):  # an absent database is no reason: the commit decides
                kept = await keep_leases(self._engine.house.app, [turn.lease for turn in held], settings.lease_s)
                for turn in held:
                    if turn.lease.conversation_id not in kept:
                        turn.lose()

    def nudge(self, conversations: Iterable[UUID]) -> None:
        """Something changed in these conversations: the turns that run there look, and so do we for others."""
        for conversation in conversations:
            running = self._running.get(conversation)
            if running is not None:
                running[0].nudge()
        self._woken.set()

    def _start(self, lease: Lease) -> None:
        turn = LeasedTurn(self._engine, lease)
        task = asyncio.create_task(turn.run())
        self._running[lease.conversation_id] = (turn, task)
        task.add_done_callback(lambda done: self._end(lease, done))

    def _end(self, lease: Lease, task: asyncio.Task[None]) -> None:
        running = self._running.get(lease.conversation_id)
        if running is not None and running[1] is task:
            del self._running[lease.conversation_id]
        self._woken.set()  # there is room, and what came in meanwhile may be due
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("turn_broke", conversation=str(lease.conversation_id), error=type(error).__name__, exc_info=error)

    async def _take(self) -> None:
        while True:
            if (early := self._looked_in_vain + SPACING_S - time.monotonic()) > 0:
                await asyncio.sleep(early)  # a busy door wakes us at each of its flushes
            self._woken.clear()
            try:
                pause = await self.look()
            except MuseError as error:
                log.warning("turns_not_claimed", error=type(error).__name__, detail=str(error))
                pause = AWAY_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)

    async def _wake_sleepers(self) -> None:
        """Find what no mechanism should ever leave behind: unanswered, the agent's, and due at no time."""
        while True:
            await asyncio.sleep(ASLEEP_S)
            with suppress(MuseError):
                if found := await wake_asleep(self._engine.house.app, ASLEEP_S):
                    log.warning("asleep_woken", conversations=found)
                    self._woken.set()

    async def _hear(self) -> None:
        async for conversations in hear_turns(self._engine.house.redis):
            self.nudge(conversations)
