"""Painting a batch: one call of the painter, and what to do when it has no room, takes too long or says no."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from core.errors import (
    BadInput,
    LeaseLost,
    Misconfigured,
    MuseError,
    NoRoom,
    OutcomeUnknown,
    Refused,
    TryLater,
    Unavailable,
    Withdrawn,
)
from core.log import get_logger
from core.pictures import Judgement, PaintOrder, Thrifty
from storage import image_jobs
from storage.image_jobs import Claimed
from studio.identity import Scored, paint_alike
from studio.references import check_guides, is_guided, read_guides
from workers.media.engine import MediaEngine
from workers.media.hands import Hands, Watch

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
Ordered: TypeAlias = tuple[Claimed, PaintOrder]
Settle: TypeAlias = Callable[[Claimed, MuseError], Awaitable[None]]
log = get_logger(__name__)


class Hung(MuseError):
    """The painter does not stop; only the end of its process frees the device."""


class Easel:
    """Paints batches one after the other, and learns how many pictures of a kind the device has room for."""

    def __init__(self, engine: MediaEngine, hands: Hands) -> None:
        """Paint with the engine's painter."""
        self._engine = engine
        self._hands = hands
        self._room: dict[str, int] = {}
        self.closing = False

    async def paint(self, jobs: Sequence[Claimed]) -> list[tuple[Claimed, Scored]]:
        """Paint a batch and return what came of it; what did not come is settled already. Raises `Hung`."""
        if not jobs:
            return []
        orders = [(job, order) for job in jobs if (order := await self._order(job)) is not None]
        room = self._room.get(jobs[0].batch_key, len(jobs))
        painted: list[tuple[Claimed, Scored]] = []
        for at in range(0, len(orders), room):
            painted += await self._paint([one for one in orders[at : at + room] if self._hands.holds(one[0])])
        return painted

    async def _order(self, job: Claimed) -> PaintOrder | None:
        """Fetch what a picture is guided by, if that still stands; what does not is settled."""
        request, engine = job.request, self._engine
        if not is_guided(request):
            return PaintOrder(job.id, request)
        try:
            async with engine.house.app.unit(job.agency_id) as unit:
                await check_guides(unit, job.influencer_id, request, engine.house_loras)
            return PaintOrder(job.id, request, await read_guides(engine.house.blobs, request))
        except (Refused, Misconfigured) as error:
            await self.give_up(job, error)
        except MuseError as error:
            await self.try_later(job, error)
        return None

    async def _paint(self, orders: Sequence[Ordered]) -> list[tuple[Claimed, Scored]]:
        if not orders:
            return []
        jobs = [job for job, _ in orders]
        try:
            return await self._call(orders)
        except NoRoom as error:
            return await self._in_less_room(orders, error)
        except Withdrawn as error:
            if self.closing:
                await self._each(jobs, self._return_uncounted, error)
            else:  # whoever took it back has written that down
                for job in jobs:
                    self._hands.drop(job.id)
        except (Refused, Misconfigured, OutcomeUnknown) as error:
            if isinstance(error, BadInput) and len(orders) > 1:
                return [one for order in orders for one in await self._paint([order])]
            await self._each(jobs, self.give_up, error)
        except Hung as error:
            await self._each(jobs, self.give_up, TryLater(str(error)))
            raise
        except MuseError as error:
            await self._each(jobs, self.try_later, error)
        except Exception as error:
            log.exception("painting_failed", pictures=len(jobs))
            await self._each(jobs, self.try_later, MuseError(f"The painter failed: {type(error).__name__}."))
        return []

    async def _call(self, orders: Sequence[Ordered]) -> list[tuple[Claimed, Scored]]:
        engine, asked = self._engine, [order for _, order in orders]
        watch = self._hands.watch([job for job, _ in orders])
        call = asyncio.ensure_future(paint_alike(engine.painter, asked, watch, engine.likeness))
        try:
            done, _ = await asyncio.wait({call}, timeout=engine.timeout_s)
            if not done:
                await self._stop(call, watch)
        except asyncio.CancelledError:
            watch.stopped.set()
            await asyncio.wait({call}, timeout=1.0)
            raise
        pictures = call.result()
        return [(job, one) for (job, _), one in zip(orders, pictures, strict=True) if self._hands.holds(job)]

    async def _stop(self, call: asyncio.Future[list[Scored]], watch: Watch) -> None:
        """Let a call that took too long end at its next step. Raises `Hung` when it does not, else `Refused`."""
        watch.stopped.set()
        await asyncio.wait({call}, timeout=self._engine.grace_s)
        if not call.done():
            raise Hung(f"Painting took longer than {self._engine.timeout_s:g} s and does not stop.")
        if call.cancelled() or call.exception() is not None:
            raise Refused(f"Painting took longer than {self._engine.timeout_s:g} s (MUSE_IMAGE_TIMEOUT_S).")

    async def _in_less_room(self, orders: Sequence[Ordered], error: NoRoom) -> list[tuple[Claimed, Scored]]:
        """Paint fewer at once; then the slower way that needs less memory; then give up, with a clear word."""
        painter, first = self._engine.painter, orders[0][0]
        if len(orders) > 1:
            room = (len(orders) + 1) // 2
            self._room[first.batch_key] = room
            log.warning("smaller_batches", pictures=room, batch_key=first.batch_key)
            return [*await self._paint(orders[:room]), *await self._paint(orders[room:])]
        if isinstance(painter, Thrifty) and painter.economise():
            log.warning("economical_painting", painter=painter.name)
            return await self._paint(orders)
        await self.give_up(first, NoRoom(f"The device has not enough memory for this picture, not even one at a time: {error}"))
        return []

    async def _each(self, jobs: Sequence[Claimed], settle: Settle, error: MuseError) -> None:
        for job in jobs:
            if self._hands.holds(job):
                await settle(job, error)

    async def give_up(self, job: Claimed, error: MuseError, judged: Judgement | None = None) -> None:
        """Write that no picture comes of it; credits go back, and a fan who waits hears of it."""
        await self._settle(job, "failed", error, judged)

    async def try_later(self, job: Claimed, error: MuseError) -> None:
        """Write that it is tried again, if it was not tried often enough."""
        await self._settle(job, "failed" if job.attempts >= self._engine.attempts else "queued", error)

    async def give_back(self, job: Claimed) -> None:
        """Let another worker paint it; this one is ending."""
        if self._hands.holds(job):
            await self._return_uncounted(job, Withdrawn("The worker is ending."))

    async def _return_uncounted(self, job: Claimed, error: MuseError) -> None:
        await self._settle(job, "returned", error)

    async def _settle(self, job: Claimed, how: str, error: MuseError, judged: Judgement | None = None) -> None:
        engine = self._engine
        try:
            async with engine.house.app.unit(job.agency_id) as unit:
                if how == "failed":
                    await image_jobs.fail(unit, engine.purse, job.id, job.fence, error, judged)
                elif how == "returned":
                    await image_jobs.put_back(unit, job, 0.0, error, counted=False)
                else:
                    await image_jobs.put_back(unit, job, _pause_s(job, error), error)
        except LeaseLost:
            pass  # cancelled, or another worker's
        except Unavailable:  # the lease runs out, and somebody takes it up again
            log.warning("picture_not_settled", job=str(job.id), outcome=how)
        self._hands.drop(job.id)
        log.warning("picture_not_made", job=str(job.id), outcome=how, error=type(error).__name__, detail=str(error))
        await self._hands.tell_end(job, "failed" if how == "failed" else "queued")
        if how == "failed" and job.conversation_id is not None:
            await engine.house.jobs.hand_picture(job.agency_id, job.conversation_id)


def _pause_s(job: Claimed, error: MuseError) -> float:
    hint = error.retry_after if isinstance(error, TryLater) else None
    return min(LONGEST_PAUSE_S, max(hint or 0.0, FIRST_PAUSE_S * 2.0 ** (job.attempts - 1)))
