"""After the painting: looked at by a moderator, marked by the finisher, kept, and handed to whoever waits for it."""

from __future__ import annotations

from core.errors import LeaseLost, MuseError, Refused, TryLater
from core.log import correlated, get_logger
from core.pictures import Finished, Judgement, Origin, Painted
from storage import assets, gallery, image_jobs
from storage.assets import MadeAsset
from storage.forgetting import note_pending
from storage.image_jobs import Claimed
from studio.identity import Scored
from studio.keeping import Kept, keep_finished
from studio.references import check_guides, is_guided
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

    async def put_away(self, job: Claimed, scored: Scored) -> None:
        """Look at a picture, finish it and keep it: done, held for a person, or refused."""
        with correlated(job.correlation_id or job.id.hex):
            try:
                await self._put_away(job, scored)
            except LeaseLost:
                self._hands.drop(job.id)
            except TryLater as error:
                await self._easel.try_later(job, error)
            except MuseError as error:
                await self._easel.give_up(job, error)
            except Exception as error:
                log.exception("finishing_failed", job=str(job.id))
                await self._easel.try_later(job, MuseError(f"Finishing failed: {type(error).__name__}."))

    async def _put_away(self, job: Claimed, scored: Scored) -> None:
        engine, painted = self._engine, scored.painted
        async with engine.house.app.unit(job.agency_id) as unit:
            await image_jobs.begin_finishing(unit, job.id, job.fence)
        judged = await self._judge(job, painted)
        if judged.verdict == "refuse":
            await self._easel.give_up(job, Refused(f"The picture was refused: {_why(judged)}."), judged)
            return
        made_at = engine.clock.now()
        origin = Origin(
            job_id=job.id,
            influencer_id=job.influencer_id,
            influencer=job.influencer,
            model=painted.model,
            made_at=made_at,
        )
        finished = await self._finish(job, painted, origin)
        held = judged.verdict != "pass"
        kept = await keep_finished(engine.house.blobs, job.influencer_id, finished)
        row = MadeAsset(
            asset=kept.asset,
            sha256=kept.sha256,
            size=kept.size,
            thumbnail_key=kept.thumbnail_key,
            marks=finished.marks,
            moderation="held" if held else "passed",
            reasons=judged.reasons,
            judged_by=judged.judge or "nobody",
            job_id=job.id,
            model=painted.model,
            made_at=made_at,
            made_for=job.fan_id,
        )
        await self._write(job, scored, kept, row)
        self._hands.drop(job.id)
        log.info("picture_made", job=str(job.id), state="held" if held else "done", seconds=round(painted.seconds, 3))
        await self._hands.tell_end(job, "held" if held else "done")
        if not held and job.conversation_id is not None:
            await engine.house.jobs.hand_picture(job.agency_id, job.conversation_id)

    async def _finish(self, job: Claimed, painted: Painted, origin: Origin) -> Finished:
        engine, begun_with = self._engine, job.request.base_key
        if begun_with is None:
            return await engine.finisher.finish(painted, origin)
        return await engine.finisher.finish(painted, origin, await engine.house.blobs.get(begun_with))

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

    async def _write(self, job: Claimed, scored: Scored, kept: Kept, row: MadeAsset) -> None:
        """Write the rows of a picture whose files are there. Raises `LeaseLost`, `Refused` for a reference that was revoked.

        Files that no row names then are noted to be dropped.
        """
        engine = self._engine
        try:
            async with engine.house.app.unit(job.agency_id) as unit:
                if is_guided(job.request):
                    await check_guides(unit, job.influencer_id, job.request, engine.house_loras)
                asset_id = await assets.keep_made(unit, job.influencer_id, row)
                if asset_id != row.asset.asset_id and (await assets.find_asset(unit, asset_id)).moderation != row.moderation:
                    raise Refused("The very same picture was made before, and judged otherwise.")
                await gallery.keep_picture(unit, asset_id, _chosen(job, scored, row))
                held = row.moderation == "held"
                await image_jobs.end(unit, engine.purse, job, asset_id, scored.painted.seconds, held=held)
        except MuseError:
            async with engine.house.app.unit(job.agency_id) as unit:
                files = await assets.unnamed_files(unit, [kept.asset.blob_key, kept.thumbnail_key])
                await note_pending(unit, "blob", files)
            raise


def _chosen(job: Claimed, scored: Scored, row: MadeAsset) -> gallery.Kept:
    wish, request = job.wish, job.request
    return gallery.Kept(
        prompt=request.prompt,
        wish=wish.text,
        category=wish.category,
        scene=wish.scene or "",
        outfit=wish.outfit or "",
        shape=wish.shape,
        model=row.model,
        seed=scored.painted.seed,
        likeness=scored.score,
        made_at=row.made_at,
    )


def _why(judged: Judgement) -> str:
    return ", ".join(judged.reasons) or "no reason given"
