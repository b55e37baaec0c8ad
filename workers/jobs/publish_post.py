"""`PublishPost`: publish a post of the calendar whose time has come, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from workers.engine import Engine
from workers.publishing import publish

log = get_logger(__name__)


async def publish_post(ctx: dict[str, Any], agency_id: str, post_id: str) -> None:
    """Publish what is due; what is not, was cancelled or is published already stays as it is."""
    engine: Engine = ctx["engine"]
    try:
        await publish(engine, UUID(agency_id), UUID(post_id))
    except MuseError as error:  # the sweep comes by again
        log.warning("post_put_off", post=post_id, error=type(error).__name__, detail=str(error))
