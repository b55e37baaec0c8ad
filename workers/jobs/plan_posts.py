"""`PlanPosts`: put the next post of a plan that comes again on the calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from studio.calendar_claims import advance_series
from workers.engine import Engine

log = get_logger(__name__)


async def plan_posts(ctx: dict[str, Any], agency_id: str, series_id: str) -> None:
    """Make the next post when the newest one's time has come, whatever became of that one."""
    engine: Engine = ctx["engine"]
    try:
        async with engine.house.app.unit(UUID(agency_id)) as unit:
            post_id = await advance_series(unit, UUID(series_id), engine.clock.now())
        if post_id is not None:
            await engine.house.live.publish(UUID(agency_id), {"event": "post", "post": str(post_id)})
    except MuseError as error:  # the sweep comes by again
        log.warning("posts_not_planned", series=series_id, error=type(error).__name__, detail=str(error))
