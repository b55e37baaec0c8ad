"""`FetchMedia`: fetch a fan's file from the platform's own host and keep it privately."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError, Refused
from core.inbound import MediaRef
from core.log import get_logger
from storage import media
from storage.accounts import open_account
from storage.media import WaitingMedia
from workers.engine import Engine

ATTEMPTS = 5
log = get_logger(__name__)


async def fetch_media(ctx: dict[str, Any], agency_id: str, media_id: str) -> None:
    """Fetch one file, if it waits."""
    engine: Engine = ctx["engine"]
    agency = UUID(agency_id)
    async with engine.house.app.unit(agency) as unit:
        waiting = await media.claim_media(unit, UUID(media_id))
        account = await open_account(unit, engine.house.seal, waiting.account_id) if waiting else None
    if waiting is None or account is None:
        return
    reference = MediaRef(waiting.kind, waiting.file_id, waiting.mime, waiting.bytes)
    try:
        fetched = await engine.platforms[account.platform].download(account, reference, engine.settings.media_max_bytes)
    except MuseError as error:
        await _put_off(engine, agency, waiting, error)
        return
    key = f"media/{waiting.id}"
    await engine.house.blobs.put(key, fetched.data, fetched.mime)
    async with engine.house.app.unit(agency) as unit:
        await media.mark_stored(unit, waiting.id, fetched.mime, len(fetched.data), key)
    engine.figures.count("media_stored")


async def _put_off(engine: Engine, agency: UUID, waiting: WaitingMedia, error: MuseError) -> None:
    log.warning("media_not_fetched", media=str(waiting.id), error=type(error).__name__, attempt=waiting.attempts)
    async with engine.house.app.unit(agency) as unit:
        if isinstance(error, Refused) or waiting.attempts >= ATTEMPTS:
            await media.mark_refused(unit, waiting.id, str(error))
        else:
            await media.retry_later(unit, waiting.id, 5.0 * 2.0**waiting.attempts, str(error))
