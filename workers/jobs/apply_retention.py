"""`ApplyRetention`: each night, let go of what an agency keeps no longer, and of what forgotten people left beyond its term."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from storage import credits, image_jobs, retention, sweep
from storage.retention import TRIMS, Trim
from storage.tombstones import forget_again, mirror
from storage.unit import Unit
from workers.engine import Engine

UNDECIDED_DAYS = 14
"""How long a held picture waits for a person."""

BATCH = 500
BATCHES = 400  # an agency, kind and run; what is left waits for the next night
log = get_logger(__name__)


async def apply_retention(ctx: dict[str, Any]) -> None:
    """See to every agency; what cannot be done now is done the next night."""
    engine: Engine = ctx["engine"]
    try:
        for agency_id in await sweep.agencies_with_accounts(engine.house.sweep):
            await _see_to(engine, agency_id)
    except MuseError as error:
        log.warning("retention_put_off", error=type(error).__name__)


async def _see_to(engine: Engine, agency_id: UUID) -> None:
    house, now = engine.house, engine.clock.now()
    if await mirror(house, agency_id):  # a backup was restored that had not heard of somebody's forgetting
        log.warning("forgotten_again", fans=await forget_again(house, agency_id))
    async with house.app.unit(agency_id) as unit:
        kept = await retention.load_kept(unit)
        await retention.expire(unit, now)
    given_up = await _repeat(engine, agency_id, _give_up, now)
    if given_up:
        log.info("pictures_undecided", agency=str(agency_id), count=given_up)
    for kind, trim in TRIMS.items():
        days: int | None = getattr(kept, kind)
        if days is not None and (count := await _repeat(engine, agency_id, trim, now - timedelta(days=days))):
            log.info("kept_no_longer", agency=str(agency_id), kind=kind, count=count)
    await house.jobs.drop_remains(agency_id)


async def _give_up(unit: Unit, _before: Any, limit: int) -> int:
    """Give up pictures that nobody decided about; the fan hears a kind word, and the credits come back."""
    return await image_jobs.give_up_undecided(unit, credits, UNDECIDED_DAYS, limit)


async def _repeat(engine: Engine, agency_id: UUID, trim: Trim, before: Any) -> int:
    """Trim batch by batch, each its own short transaction; return how much it was."""
    trimmed = 0
    for _ in range(BATCHES):
        async with engine.house.app.unit(agency_id) as unit:
            batch = await trim(unit, before, BATCH)
        trimmed += batch
        if not batch:
            break
    return trimmed
