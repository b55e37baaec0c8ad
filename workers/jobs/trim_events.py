"""`TrimEvents`: let the raw events of all agencies grow old, a bounded batch at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from storage import events, sweep
from storage.unit import Unit
from workers.engine import Engine

BATCH = 1000
BATCHES = 200  # an agency and run; what is left waits for the next run
log = get_logger(__name__)


async def trim_events(ctx: dict[str, Any]) -> None:
    """Remove bodies after `MUSE_RAW_EVENTS_DAYS`, and keys a year after they came in."""
    engine: Engine = ctx["engine"]
    try:
        for agency_id in await sweep.agencies_with_accounts(engine.house.sweep):
            bodies = await _repeat(engine, agency_id, events.trim_bodies, engine.settings.raw_events_days)
            keys = await _repeat(engine, agency_id, events.trim_keys, events.KEYS_DAYS)
            if bodies or keys:
                log.info("events_trimmed", agency=str(agency_id), bodies=bodies, keys=keys)
    except MuseError as error:
        log.warning("trimming_put_off", error=type(error).__name__)


async def _repeat(engine: Engine, agency_id: UUID, trim: Callable[[Unit, int, int], Awaitable[int]], days: int) -> int:
    """Trim batch by batch, each its own short transaction; return how many events it was."""
    trimmed = 0
    for _ in range(BATCHES):
        async with engine.house.app.unit(agency_id) as unit:
            batch = await trim(unit, days, BATCH)
        trimmed += batch
        if batch < BATCH:
            break
    return trimmed
