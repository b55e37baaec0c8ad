"""The media worker's day: claim, paint, put away; the next batch is painted while the last one is looked at and kept."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from core.errors import Misconfigured, MuseError, Refused, Unavailable
from core.log import get_logger
from storage import image_jobs, sweep
from storage.image_jobs import Claimed
from studio.identity import Scored
from workers.media.easel import Easel
from workers.media.engine import MediaEngine
from workers.media.hands import Hands
from workers.media.putting_away import Shelf

AWAY_S = 1.0
AHEAD_S = 0.1
"""How long before the expected end of a batch the next one is claimed; so much later at most is a fan who comes in between."""

MOST_KINDS = 256
log = get_logger(__name__)


class MediaLoop:
    """Works until stopped. `wake` from anywhere: there may be something to paint."""

    def __init__(self, engine: MediaEngine) -> None:
        """Work with one painter, on one device."""
        self._engine = engine
        self.hands = Hands(engine)
        self._easel = Easel(engine, self.hands)
        self._shelf = Shelf(engine, self.hands, self._easel)
        self._woken = asyncio.Event()
        self._news = asyncio.Event()
        self._ready: list[Claimed] = []
        self._took: dict[tuple[str, int], float] = {}
        self._places = asyncio.Semaphore(2 * engine.looking.most)
        self._away: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look into the queue now."""
        self._woken.set()
        self._news.set()

    def stop(self) -> None:
        """Begin nothing more; what is being painted ends at its next step and goes back into the queue, uncounted."""
        self._easel.closing = True
        self.hands.stop()
        self._woken.set()

    async def run(self) -> None:
        """Work until `stop`. Raises `Hung` where only the end of the process helps."""
        beside = [asyncio.create_task(self.hands.beat()), asyncio.create_task(self._key_beside())]
        try:
            while not self._easel.closing:
                self._woken.clear()
                try:
                    busy = await self.step()
                except Unavailable as error:
                    log.warning("queue_of_pictures_away", error=str(error))
                    await asyncio.sleep(AWAY_S)
                    continue
                if not busy:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._engine.idle_s)
            await self.settled()
            for job in self._ready:
                await self._easel.give_back(job)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def step(self) -> bool:
        """Claim and paint one batch; say whether there was any. Raises `Unavailable`, `Hung`."""
        jobs, self._ready = self._ready, []
        jobs = jobs or await self._claim()
        if not jobs and await self._key_new():
            jobs = await self._claim()
        if not jobs:
            return False
        for job, painted in await self._paint(jobs):
            await self._places.acquire()
            task = asyncio.create_task(self._put_away(job, painted))
            self._away.add(task)
            task.add_done_callback(self._away.discard)
        return True

    async def _paint(self, jobs: list[Claimed]) -> list[tuple[Claimed, Scored]]:
        """Paint a batch; a moment before it should be over the next one is claimed, so that the painter need not wait."""
        like, began, reached = (jobs[0].batch_key, len(jobs)), time.perf_counter(), asyncio.Event()
        ahead = asyncio.create_task(self._claim_ahead(self._took.get(like), reached))
        try:
            painted = await self._easel.paint(jobs)
        finally:
            if not reached.is_set():
                ahead.cancel()
            done = await asyncio.gather(ahead, return_exceptions=True)
            self._ready = [job for found in done if isinstance(found, list) for job in found]
        if len(self._took) >= MOST_KINDS:
            self._took.clear()
        self._took[like] = time.perf_counter() - began
        return painted

    async def _claim_ahead(self, expected_s: float | None, reached: asyncio.Event) -> list[Claimed]:
        """Claim shortly before a batch should be over; nothing where nobody knows how long it takes."""
        if expected_s is None:
            return []
        await asyncio.sleep(max(0.0, expected_s - AHEAD_S))
        if self._easel.closing:
            return []
        reached.set()
        return await self._claim()

    async def settled(self) -> None:
        """Wait until everything painted is put away."""
        while self._away:
            await asyncio.wait(set(self._away))

    async def _put_away(self, job: Claimed, painted: Scored) -> None:
        try:
            await self._shelf.put_away(job, painted)
        finally:
            self._places.release()

    async def _key_beside(self) -> None:
        """Key what is ordered while a batch is painted, so that a fan's picture is next."""
        while True:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._engine.idle_s)
            try:
                await self._key_new()
            except Unavailable as error:
                log.warning("orders_not_keyed", error=str(error))

    async def _key_new(self) -> int:
        """Say of new orders what they may be painted with; one that the painter cannot read is given up. Return how many."""
        engine, keyed = self._engine, 0
        for agency_id in await sweep.agencies_with_unkeyed_pictures(engine.house.sweep):
            async with engine.house.app.unit(agency_id) as unit:
                for order in await image_jobs.list_unkeyed(unit):
                    keyed += 1
                    try:
                        await image_jobs.set_key(unit, order.id, engine.painter.batch_key(order.request))
                    except (Refused, Misconfigured) as error:
                        await image_jobs.fail(unit, engine.purse, order.id, None, error)
        return keyed

    async def _claim(self) -> list[Claimed]:
        engine = self._engine
        held = await image_jobs.claim(engine.house.app, engine.name, sorted(engine.painter.warm()), engine.looking)
        claimed: list[Claimed] = []
        for agency_id in dict.fromkeys(one.agency_id for one in held):
            async with engine.house.app.unit(agency_id) as unit:
                mine = [one.id for one in held if one.agency_id == agency_id]
                claimed += await image_jobs.load_claimed(unit, mine, engine.name)
        self.hands.take(claimed)
        return [job for job in claimed if await self._is_fit(job)]

    async def _is_fit(self, job: Claimed) -> bool:
        """Give up what was claimed too often: it ends every worker that paints it."""
        if job.attempts <= self._engine.attempts:
            return True
        error = MuseError(f"It was begun {job.attempts - 1} times and never came to an end.")
        await self._easel.give_up(job, error)
        return False
