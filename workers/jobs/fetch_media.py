"""`FetchMedia`: fetch a fan's file and keep it privately."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from workers.pictures import fetch

log = get_logger(__name__)


async def fetch_media(ctx: dict[str, Any], agency_id: str, media_id: str) -> None:
    """Fetch one file, if it waits."""
    try:
        await fetch(ctx["engine"], UUID(agency_id), UUID(media_id))
    except MuseError as error:  # the sweep comes by again
        log.warning("media_put_off", media=media_id, error=type(error).__name__)
