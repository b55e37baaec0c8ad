"""The way in: concurrent requests share commits.

A flush writes what has gathered while others ran; a second one starts beside it only for a crowd, and never with a chat that
is being written: the order within a chat is kept. A request is acknowledged only after its commit. What cannot be written in
time is refused with `Unavailable`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import TypeAlias
from uuid import UUID

from core.errors import MuseError, Unavailable
from core.log import get_logger
from storage.house import House
from storage.ingress import Arrival, Ingested, ingest

LARGEST_BATCH = 256
LANES = 3  # flushes at once: one is written while another is read and answered, or waits for a lock
CROWD = 24  # requests that are worth a flush beside a running one
SLOW_S = 0.02  # a flush that takes longer is not waited for
WAITING_AT_MOST = 4096
QUEUE_S = 3.0  # patience of a request in the queue, and then of its flush; together less than any platform's
FLUSH_S = 5.0
LOOK_S = 0.25
RETRY_AFTER_S = 2.0
BUSY = "The house is busy; try again in a moment."
log = get_logger(__name__)
Chat: TypeAlias = tuple[UUID, str]


class _Waiting:
    """Arrivals of one request, the chats they belong to, and the promise of their answers."""

    __slots__ = ("answer", "arrivals", "chats", "until")

    def __init__(self, arrivals: Sequence[Arrival], answer: asyncio.Future[list[Ingested]]) -> None:
        self.arrivals, self.answer, self.until = arrivals, answer, monotonic() + QUEUE_S
        self.chats: set[Chat] = {(arrival.account.id, getattr(arrival.event, "conversation_key", "")) for arrival in arrivals}


class Ingress:
    """The one writer of a process. Call `run` in a task; `take` from requests and pollers."""

    def __init__(self, house: House) -> None:
        """Write into these stores."""
        self._house = house
        self._queue: deque[_Waiting] = deque()
        self._news = asyncio.Event()
        self._writing: set[Chat] = set()
        self._flushes: set[asyncio.Task[None]] = set()
        self._wakes: set[asyncio.Task[None]] = set()
        self._started_at = 0.0
        self._reminder: asyncio.TimerHandle | None = None

    def put(self, arrivals: Sequence[Arrival]) -> asyncio.Future[list[Ingested]]:
        """Write the events of one request; the future tells after the commit what became of each. Raises `Unavailable`.

        The future raises it too.
        """
        answer: asyncio.Future[list[Ingested]] = asyncio.get_running_loop().create_future()
        if not arrivals:
            answer.set_result([])
        elif len(self._queue) >= WAITING_AT_MOST:
            raise Unavailable(BUSY, RETRY_AFTER_S)
        else:
            self._queue.append(_Waiting(arrivals, answer))
            self._news.set()
        return answer

    async def take(self, arrivals: Sequence[Arrival]) -> list[Ingested]:
        """Write the events of one request and return what became of each, after the commit. Raises `Unavailable`."""
        return await self.put(arrivals)

    async def run(self) -> None:
        """Flush batches until cancelled; flushes that run are finished first."""
        looking = asyncio.create_task(self._refuse_late())
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                if self._has_room() and (batch := self._gather()):
                    self._start(batch)
        finally:
            looking.cancel()
            if self._flushes:
                await asyncio.wait(self._flushes)

    async def close(self) -> None:
        """Refuse what still waits, for nobody was told that it is stored; and let the last wake-ups out."""
        self._refuse(list(self._queue), Unavailable("The house is closing.", RETRY_AFTER_S))
        self._queue.clear()
        if self._wakes:
            await asyncio.wait(self._wakes, timeout=FLUSH_S)

    def _has_room(self) -> bool:
        """Say whether to flush now; if not, the end of a flush is news again, and so is one that takes long."""
        running = len(self._flushes)
        if not self._queue or not running:
            return True
        if running < LANES and self._reminder is None:
            after_s = self._started_at + SLOW_S - monotonic()
            if len(self._queue) >= CROWD or after_s <= 0:
                return True
            self._reminder = asyncio.get_running_loop().call_later(after_s, self._remind)
        return running < LANES and len(self._queue) >= CROWD

    def _remind(self) -> None:
        self._reminder = None
        self._news.set()

    def _gather(self) -> list[_Waiting]:
        """Take what may be written now, in order: no chat that is being written, nothing behind one that has to wait."""
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        barred = self._writing.copy()
        while self._queue and len(batch) < LARGEST_BATCH and len(left) < LARGEST_BATCH:
            waiting = self._queue.popleft()
            if waiting.answer.done():
                continue  # it gave up, and is not written
            if barred.isdisjoint(waiting.chats):
                batch.append(waiting)
            else:
                barred |= waiting.chats
                left.append(waiting)
        self._queue.extendleft(reversed(left))
        return batch

    def _start(self, batch: list[_Waiting]) -> None:
        chats = set[Chat]().union(*(waiting.chats for waiting in batch))
        self._writing |= chats
        task = asyncio.create_task(self._flush(batch))

        def end(done: asyncio.Task[None]) -> None:
            self._flushes.discard(done)
            self._writing.difference_update(chats)
            self._news.set()

        self._started_at = monotonic()
        self._flushes.add(task)
        task.add_done_callback(end)

    async def _flush(self, batch: list[_Waiting]) -> None:
        arrivals = [arrival for waiting in batch for arrival in waiting.arrivals]
        try:
            written = await ingest(self._house.app, arrivals, FLUSH_S)
        except MuseError as error:
            log.warning("ingress_away", events=len(arrivals), error=type(error).__name__)
            self._refuse(batch, Unavailable(BUSY, RETRY_AFTER_S))
        except Exception as error:  # one bad event must not sink its neighbours
            if len(batch) == 1:
                log.exception("ingress_failed", events=len(arrivals), correlation_id=arrivals[0].correlation_id)
                self._refuse(batch, error)
            else:
                for waiting in batch:
                    await self._flush([waiting])
        else:
            self._answer(batch, written)
            self._note(arrivals, written)
            self._start_wakes(written)

    async def _refuse_late(self) -> None:
        """Refuse, again and again, what waited too long: the oldest stand in front."""
        while True:
            await asyncio.sleep(LOOK_S)
            now = monotonic()
            while self._queue and self._queue[0].until < now:
                self._refuse([self._queue.popleft()], Unavailable(BUSY, RETRY_AFTER_S))

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

    @staticmethod
    def _note(arrivals: Sequence[Arrival], written: Sequence[Ingested]) -> None:
        """One line a flush: a line a request costs more than the request."""
        if log.is_enabled_for(10):
            ids = sorted({arrival.correlation_id for arrival in arrivals})
            log.debug("events_taken", events=len(written), fresh=sum(w.fresh for w in written), correlation_ids=ids)

    def _start_wakes(self, written: list[Ingested]) -> None:
        task = asyncio.create_task(self.wake(written))
        self._wakes.add(task)
        task.add_done_callback(self._wakes.discard)

    async def wake(self, written: Sequence[Ingested]) -> None:
        """Tell workers and listeners what changed, after the commit; without them the sweep finds it."""
        changed = {w.conversation_id: w.agency_id for w in written if w.fresh and w.conversation_id is not None}
        waits: dict[UUID, float] = {}
        for w in written:
            if w.conversation_id is not None and w.wait_s is not None:
                waits[w.conversation_id] = max(0.0, min(w.wait_s, waits.get(w.conversation_id, w.wait_s)))
        with suppress(MuseError):
            await self._house.jobs.reply_to_fans([(changed[chat], chat, wait_s) for chat, wait_s in waits.items()])
            await self._house.live.publish_change(list(changed))
