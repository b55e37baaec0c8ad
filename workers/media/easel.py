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
from core.pictures import Guides, Judgement, Painted, PaintOrder, Thrifty
from storage import image_jobs
from storage.image_jobs import Claimed
from workers.media.engine import MediaEngine
from workers.media.hands import Hands, Watch

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
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

    async def paint(self, jobs: Sequence[Claimed]) -> list[tuple[Claimed, Painted]]:
        """Paint a batch and return what came of it; what did not come is settled already. Raises `Hung`."""
        if not jobs:
            return []
        room = self._room.get(jobs[0].batch_key, len(jobs))
        painted: list[tuple[Claimed, Painted]] = []
        for at in range(0, len(jobs), room):
            painted += await self._paint([job for job in jobs[at : at + room] if self._hands.holds(job)])
        return painted

    async def _paint(self, jobs: list[Claimed]) -> list[tuple[Claimed, Painted]]:
        if not jobs:
            return []
        try:
            return await self._call(jobs)
        except NoRoom as error:
            return await self._in_less_room(jobs, error)
        except Withdrawn as error:
            if self.closing:
                await self._each(jobs, self._return_uncounted, error)
            else:  # whoever took it back has written that down
                for job in jobs:
                    self._hands.drop(job.id)
        except (Refused, Misconfigured, OutcomeUnknown) as error:
            if isinstance(error, BadInput) and len(jobs) > 1:
                return [one for job in jobs for one in await self._paint([job])]
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

    async def _call(self, jobs: list[Claimed]) -> list[tuple[Claimed, Painted]]:
        orders = [PaintOrder(job.id, job.request, await self._guides(job)) for job in jobs]
        watch = self._hands.watch(jobs)
        call = asyncio.ensure_future(self._engine.painter.paint(orders, watch))
        try:
            done, _ = await asyncio.wait({call}, timeout=self._engine.timeout_s)
            if not done:
                await self._stop(call, watch)
        except asyncio.CancelledError:
            watch.stopped.set()
            await asyncio.wait({call}, timeout=1.0)
            raise
        pictures = call.result()
        return [(job, one) for job, one in zip(jobs, pictures, strict=True) if self._hands.holds(job)]

    async def _stop(self, call: asyncio.Future[list[Painted]], watch: Watch) -> None:
        """Let a call that took too long end at its next step. Raises `Hung` when it does not, else `Refused`."""
        watch.stopped.set()
        await asyncio.wait({call}, timeout=self._engine.grace_s)
        if not call.done():
            raise Hung(f"Painting took longer than {self._engine.timeout_s:g} s and does not stop.")
        if call.cancelled() or call.exception() is not None:
            raise Refused(f"Painting took longer than {self._engine.timeout_s:g} s (MUSE_IMAGE_TIMEOUT_S).")

    async def _guides(self, job: Claimed) -> Guides:
        """Fetch what a request is guided by. Raises `NotFound`, `Unavailable`."""
        request, blobs = job.request, self._engine.house.blobs
        keys = {"face": request.face_key, "base": request.base_key, "mask": request.mask_key, "pose": request.pose_key}
        return Guides(**{name: await blobs.get(key) for name, key in keys.items() if key})

    async def _in_less_room(self, jobs: list[Claimed], error: NoRoom) -> list[tuple[Claimed, Painted]]:
        """Paint fewer at once; then the slower way that needs less memory; then give up, with a clear word."""
        painter = self._engine.painter
        if len(jobs) > 1:
            room = (len(jobs) + 1) // 2
            self._room[jobs[0].batch_key] = room
            log.warning("smaller_batches", pictures=room, batch_key=jobs[0].batch_key)
            return [*await self._paint(jobs[:room]), *await self._paint(jobs[room:])]
        if isinstance(painter, Thrifty) and painter.economise():
            log.warning("economical_painting", painter=painter.name)
            return await self._paint(jobs)
        await self.give_up(
            jobs[0], NoRoom(f"The device has not enough memory for this picture, not even one at a time: {error}")
        )
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
