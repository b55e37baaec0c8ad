"""The media worker's day: claim, paint, put away; the next batch is painted while the last one is looked at and kept."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from core.errors import Misconfigured, MuseError, Refused, Unavailable
from core.log import get_logger
from core.pictures import Painted
from storage import image_jobs, sweep
from storage.image_jobs import Claimed
from workers.media.easel import Easel
from workers.media.engine import MediaEngine
from workers.media.hands import Hands
from workers.media.putting_away import Shelf

AWAY_S = 1.0
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
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def step(self) -> bool:
        """Claim and paint one batch; say whether there was any. Raises `Unavailable`, `Hung`."""
        jobs = await self._claim()
        if not jobs and await self._key_new():
            jobs = await self._claim()
        if not jobs:
            return False
        for job, painted in await self._easel.paint(jobs):
            await self._places.acquire()
            task = asyncio.create_task(self._put_away(job, painted))
            self._away.add(task)
            task.add_done_callback(self._away.discard)
        return True

    async def settled(self) -> None:
        """Wait until everything painted is put away."""
        while self._away:
            await asyncio.wait(set(self._away))

    async def _put_away(self, job: Claimed, painted: Painted) -> None:
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
