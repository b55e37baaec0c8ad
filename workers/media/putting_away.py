"""After the painting: looked at by a moderator, marked by the finisher, kept, and handed to whoever waits for it."""

from __future__ import annotations

import hashlib

from core.errors import LeaseLost, MuseError, Refused, TryLater
from core.ids import new_id
from core.log import correlated, get_logger
from core.outbound import AssetRef
from core.pictures import Finished, Judgement, Origin, Painted
from storage import image_jobs
from storage.forgetting import note_pending
from storage.image_jobs import Claimed, Kept
from workers.media.easel import Easel
from workers.media.engine import MediaEngine
from workers.media.hands import Hands

NOBODY = Judgement("hold", ("No picture moderator is set up.",), "nobody")
log = get_logger(__name__)


class Shelf:
    """Puts painted pictures away, each by itself."""

    def __init__(self, engine: MediaEngine, hands: Hands, easel: Easel) -> None:
        """Settle failures as the easel does."""
        self._engine = engine
        self._hands = hands
        self._easel = easel

    async def put_away(self, job: Claimed, painted: Painted) -> None:
        """Look at a picture, finish it and keep it: done, held for a person, or refused."""
        with correlated(job.correlation_id or job.id.hex):
            try:
                await self._put_away(job, painted)
            except LeaseLost:
                self._hands.drop(job.id)
            except TryLater as error:
                await self._easel.try_later(job, error)
            except MuseError as error:
                await self._easel.give_up(job, error)
            except Exception as error:
                log.exception("finishing_failed", job=str(job.id))
                await self._easel.try_later(job, MuseError(f"Finishing failed: {type(error).__name__}."))

    async def _put_away(self, job: Claimed, painted: Painted) -> None:
        engine = self._engine
        async with engine.house.app.unit(job.agency_id) as unit:
            await image_jobs.begin_finishing(unit, job.id, job.fence)
        judged = await self._judge(job, painted)
        if judged.verdict == "refuse":
            await self._easel.give_up(job, Refused(f"The picture was refused: {_why(judged)}."), judged)
            return
        origin = Origin(
            job_id=job.id,
            influencer_id=job.influencer_id,
            influencer=job.influencer,
            model=painted.model,
            made_at=engine.clock.now(),
        )
        finished = await engine.finisher.finish(painted, origin)
        held = judged.verdict != "pass"
        await self._keep(job, painted, finished, judged, held=held)
        self._hands.drop(job.id)
        log.info("picture_made", job=str(job.id), state="held" if held else "done", seconds=round(painted.seconds, 3))
        await self._hands.tell_end(job, "held" if held else "done")
        if not held and job.conversation_id is not None:
            await engine.house.jobs.hand_picture(job.agency_id, job.conversation_id)

    async def _judge(self, job: Claimed, painted: Painted) -> Judgement:
        """Judge a picture; without a moderator, or where it fails, a person does."""
        moderator = self._engine.moderator
        if moderator is None:
            return NOBODY
        try:
            return await moderator.judge_picture(painted.data, job.adult_ok)
        except MuseError as error:
            log.warning("picture_not_judged", job=str(job.id), error=type(error).__name__)
            return Judgement("hold", (f"The moderator failed: {error}",), moderator.name)

    async def _keep(self, job: Claimed, painted: Painted, finished: Finished, judged: Judgement, *, held: bool) -> None:
        """Write the files, then the rows. Raises `LeaseLost`; then the files are noted to be dropped."""
        engine, sha256 = self._engine, hashlib.sha256(finished.data)
        key, thumb_key = f"assets/{sha256.hexdigest()}", f"thumbs/{sha256.hexdigest()}"
        await engine.house.blobs.put(key, finished.data, finished.mime)
        await engine.house.blobs.put(thumb_key, finished.thumbnail, "image/jpeg")
        asset = AssetRef(new_id(), key, finished.mime, finished.width, finished.height)
        kept = Kept(asset, sha256.digest(), len(finished.data), thumb_key, finished.marks, painted.seconds, judged)
        try:
            async with engine.house.app.unit(job.agency_id) as unit:
                await image_jobs.end(unit, engine.purse, job, kept, held=held)
        except LeaseLost:
            async with engine.house.app.unit(job.agency_id) as unit:
                await note_pending(unit, "blob", [key, thumb_key])
            raise


def _why(judged: Judgement) -> str:
    return ", ".join(judged.reasons) or "no reason given"
