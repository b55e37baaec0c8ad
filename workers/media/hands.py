"""The pictures that a media worker has in hand: their leases are kept alive, their progress is told, lost ones are let go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from core.errors import Unavailable
from core.log import get_logger
from storage import image_jobs
from storage.image_jobs import Claimed
from storage.previews import drop_preview, keep_preview
from workers.media.engine import MediaEngine

log = get_logger(__name__)


class Watch:
    """Looks on while a batch is painted; the painter calls it from its own thread."""

    def __init__(self, wanted: Iterable[UUID]) -> None:
        """Watch over these pictures."""
        self.wanted = set(wanted)
        self.stopped = threading.Event()
        self.share = 0.0
        self.previews: Mapping[UUID, bytes] = {}

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        """Note how far it is."""
        self.share = done / steps if steps > 0 else 0.0
        self.previews = previews or self.previews

    def cancelled(self) -> bool:
        """Say whether nobody wants any of the batch."""
        return self.stopped.is_set() or not self.wanted


class Hands:
    """All pictures in hand. `beat` runs beside the work for as long as it lasts."""

    def __init__(self, engine: MediaEngine) -> None:
        """Have nothing in hand."""
        self._engine = engine
        self._held: dict[UUID, Claimed] = {}
        self._watches: dict[UUID, Watch] = {}
        self._told: dict[UUID, float] = {}

    def take(self, jobs: Iterable[Claimed]) -> None:
        """Take pictures in hand."""
        self._held.update({job.id: job for job in jobs})

    def drop(self, job_id: UUID) -> None:
        """Be done with a picture."""
        self._held.pop(job_id, None)
        self._told.pop(job_id, None)
        if watch := self._watches.pop(job_id, None):
            watch.wanted.discard(job_id)

    def holds(self, job: Claimed) -> bool:
        """Say whether a picture is still in hand, as far as is known."""
        return job.id in self._held

    def watch(self, jobs: Sequence[Claimed]) -> Watch:
        """Watch over a batch that is painted now."""
        watch = Watch(job.id for job in jobs)
        self._watches.update({job.id: watch for job in jobs})
        return watch

    def stop(self) -> None:
        """Let what is being painted end at its next step."""
        for watch in self._watches.values():
            watch.stopped.set()

    async def beat(self) -> None:
        """Keep leases alive and tell progress, until cancelled."""
        while True:
            await asyncio.sleep(self._engine.beat_s)
            try:
                await self.keep()
            except Unavailable as error:  # as long as the lease runs, nobody else has it
                log.warning("pictures_not_kept", error=type(error).__name__)

    async def keep(self) -> None:
        """Keep every lease alive once; a picture that is not ours any more is let go. Raises `Unavailable`."""
        held = list(self._held.values())
        if not held:
            return
        shares = [(job.id, job.fence, self._share(job.id)) for job in held]
        kept = await image_jobs.keep(self._engine.house.app, shares, self._engine.looking.lease_s)
        for job in held:
            if job.id not in kept and job.id in self._held:
                log.info("picture_let_go", job=str(job.id))
                self.drop(job.id)
        for job_id, _, share in shares:
            if job_id in kept and self._told.get(job_id) != share:
                self._told[job_id] = share
                await self._tell(job_id, share)

    def _share(self, job_id: UUID) -> float:
        watch = self._watches.get(job_id)
        return 0.0 if watch is None else round(watch.share, 3)

    async def _tell(self, job_id: UUID, share: float) -> None:
        house, watch, job = self._engine.house, self._watches.get(job_id), self._held.get(job_id)
        preview = watch.previews.get(job_id) if watch else None
        if preview is not None:
            await keep_preview(house.redis, job_id, preview)
        event = {"event": "progress", "share": share, "preview": preview is not None}
        await house.live.publish(job_id, event)
        if job is not None and job.conversation_id is not None:
            await house.live.publish(job.conversation_id, {"event": "picture", "share": share})

    async def tell_end(self, job: Claimed, state: str) -> None:
        """Tell that a picture has ended, or that it waits again."""
        house = self._engine.house
        await drop_preview(house.redis, job.id)
        await house.live.publish(job.id, {"event": "change", "state": state})
        if job.conversation_id is not None:
            await house.live.publish(job.conversation_id, {"event": "change"})
