"""ARQ's worker, woken instead of polling.

ARQ looks into its queue every half second, which would add a quarter of a second to each reply; looking every ten
milliseconds would cost a tenth of a core for nothing. This worker sleeps until a wake-up comes over pub/sub or the next
deferred job's time has come, and then does ARQ's own round. It also survives a Redis that goes away for a while.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from arq.connections import ArqRedis
from arq.worker import Worker

from core.log import get_logger
from storage.jobs import REDIS_AWAY, WAKE

LONGEST_SLEEP_S = 0.5
FULL_SLEEP_S = 0.02
AWAY_SLEEP_S = 0.5
log = get_logger(__name__)


class WakefulWorker(Worker):
    """A worker that starts a job within a millisecond or two of its enqueueing."""

    def __init__(self, redis: ArqRedis, **options: Any) -> None:
        """Take jobs from the pool's queue; options as ARQ's."""
        super().__init__(redis_pool=redis, handle_signals=False, **options)
        self._woken = asyncio.Event()

    async def main(self) -> None:
        """Work until cancelled."""
        self.ctx["redis"] = self.pool
        listener = asyncio.create_task(self._hear())
        try:
            while True:
                self._woken.clear()
                try:
                    await self._poll_iteration()
                    pause = await self._pause()
                except REDIS_AWAY as error:
                    log.warning("queue_away", error=type(error).__name__)
                    pause = AWAY_SLEEP_S
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), pause)
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)

    async def drain(self, patience_s: float) -> int:
        """Take no more jobs, wait for the running ones, cancel the rest; return how many were cancelled."""
        self.allow_pick_jobs = False
        running = [task for task in self.tasks.values() if not task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            return len(late)
        return 0

    async def _pause(self) -> float:
        if self.job_counter >= self.max_jobs:
            return FULL_SLEEP_S
        now_ms = time.time() * 1000
        upcoming = await self.pool.zrangebyscore(self.queue_name, now_ms, "+inf", start=0, num=1, withscores=True)
        if not upcoming:
            return LONGEST_SLEEP_S
        return min(LONGEST_SLEEP_S, max(0.001, (float(upcoming[0][1]) - now_ms) / 1000))

    async def _hear(self) -> None:
        while True:
            try:
                async with self.pool.pubsub() as pubsub:
                    await pubsub.subscribe(WAKE)
                    async for _ in pubsub.listen():
                        self._woken.set()
            except REDIS_AWAY:
                await asyncio.sleep(AWAY_SLEEP_S)
