"""The way in: concurrent requests share commits.

One writer task flushes what has gathered while its last flush ran; a request is acknowledged only after its commit. What
cannot be written in time is refused with `Unavailable`, and then nothing of it is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from core.errors import MuseError, Unavailable
from core.log import get_logger
from storage.house import House
from storage.ingress import Arrival, Ingested, ingest

LARGEST_BATCH = 256
WAITING_AT_MOST = 4096
PATIENCE_S = 8.0
RETRY_AFTER_S = 2.0
log = get_logger(__name__)


class _Waiting:
    """Arrivals of one request, and the promise of their answers."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self.arrivals = arrivals
        self.answer: asyncio.Future[list[Ingested]] = asyncio.get_running_loop().create_future()


class Ingress:
    """The one writer of a process. Call `run` in a task; `take` from requests and pollers."""

    def __init__(self, house: House) -> None:
        """Write into these stores."""
        self._house = house
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(WAITING_AT_MOST)
        self._wakes: set[asyncio.Task[None]] = set()

    async def take(self, arrivals: Sequence[Arrival]) -> list[Ingested]:
        """Write the events of one request and return what became of each, after the commit. Raises `Unavailable`."""
        if not arrivals:
            return []
        waiting = _Waiting(arrivals)
        try:
            self._queue.put_nowait(waiting)
            return await asyncio.wait_for(waiting.answer, PATIENCE_S)
        except (asyncio.QueueFull, TimeoutError):
            raise Unavailable("The house is busy; try again in a moment.", RETRY_AFTER_S) from None

    async def run(self) -> None:
        """Flush batches until cancelled; a flush that runs is finished first."""
        while True:
            batch = await self._gather()
            flushing = asyncio.ensure_future(self._flush(batch))
            try:
                await asyncio.shield(flushing)
            except asyncio.CancelledError:
                await flushing
                raise

    async def close(self) -> None:
        """Refuse what still waits, for nobody was told that it is stored; and let the last wake-ups out."""
        while not self._queue.empty():
            self._refuse([self._queue.get_nowait()], Unavailable("The house is closing.", RETRY_AFTER_S))
        if self._wakes:
            await asyncio.wait(self._wakes, timeout=PATIENCE_S)

    async def _gather(self) -> list[_Waiting]:
        batch = [await self._queue.get()]
        with suppress(asyncio.QueueEmpty):
            while len(batch) < LARGEST_BATCH:
                batch.append(self._queue.get_nowait())
        return [waiting for waiting in batch if not waiting.answer.done()]  # a request that gave up is not written

    async def _flush(self, batch: list[_Waiting]) -> None:
        arrivals = [arrival for waiting in batch for arrival in waiting.arrivals]
        if not arrivals:
            return
        try:
            written = await asyncio.wait_for(ingest(self._house.app, arrivals), PATIENCE_S)
        except (MuseError, TimeoutError) as error:
            log.warning("ingress_away", events=len(arrivals), error=type(error).__name__)
            self._refuse(batch, Unavailable("The house is busy; try again in a moment.", RETRY_AFTER_S))
        except Exception as error:  # one bad event must not sink its neighbours
            if len(batch) == 1:
                log.exception("ingress_failed", events=len(arrivals))
                self._refuse(batch, error)
            else:
                for waiting in batch:
                    await self._flush([waiting])
        else:
            self._answer(batch, written)
            self._start_wakes(written)

    @staticmethod
    def _refuse(batch: list[_Waiting], error: Exception) -> None:
        for waiting in batch:
            if not waiting.answer.done():
                waiting.answer.set_exception(error)

    @staticmethod
    def _answer(batch: list[_Waiting], written: list[Ingested]) -> None:
        start = 0
        for waiting in batch:
            end = start + len(waiting.arrivals)
            if not waiting.answer.done():
                waiting.answer.set_result(written[start:end])
            start = end

    def _start_wakes(self, written: list[Ingested]) -> None:
        task = asyncio.create_task(self._wake(written))
        self._wakes.add(task)
        task.add_done_callback(self._wakes.discard)

    async def _wake(self, written: list[Ingested]) -> None:
        latest = {w.conversation_id: w for w in written if w.fresh and w.conversation_id is not None}
        due = [(w.agency_id, chat, max(0.0, w.wait_s)) for chat, w in latest.items() if chat and w.wait_s is not None]
        await self._house.jobs.reply_to_fans(due)
        await self._house.live.publish_change([chat for chat in latest if chat])
