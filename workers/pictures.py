"""Fans' files: fetched from the platform's own host, kept privately, and shown to a chat model that can look."""

from __future__ import annotations

import asyncio
from uuid import UUID

from msgspec import structs

from core.errors import MuseError, Refused
from core.inbound import MediaRef
from core.log import get_logger
from core.nouns import Picture, TurnInput
from storage import media
from storage.accounts import open_account
from storage.media import WaitingMedia
from workers.engine import Engine

ATTEMPTS = 5
LOOK_S = 8.0
MOST_PICTURES = 4
log = get_logger(__name__)


async def fetch(engine: Engine, agency: UUID, media_id: UUID) -> None:
    """Fetch one file, if it waits; a failure is put off, a refusal kept with its reason."""
    async with engine.house.app.unit(agency) as unit:
        waiting = await media.claim_media(unit, media_id)
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
        wanted = await media.mark_stored(unit, waiting.id, fetched.mime, len(fetched.data), key)
    if not wanted:  # its fan was forgotten while it was fetched
        await engine.house.blobs.delete(key)
        return
    engine.figures.count("media_stored")


async def look(engine: Engine, turn: TurnInput) -> TurnInput:
    """Return the turn with the pictures of its burst, if the chat model can look; what is not to be had in time is left out."""
    sent = [message.id for message in turn.burst if message.kind == "media"]
    if not engine.settings.vision or not sent:
        return turn
    agency = turn.lease.agency_id
    try:
        async with asyncio.timeout(LOOK_S):
            return structs.replace(turn, pictures=await _load(engine, agency, sent))
    except (MuseError, TimeoutError) as error:
        log.warning("not_looked", conversation=str(turn.conversation.id), error=type(error).__name__)
        return turn


async def _load(engine: Engine, agency: UUID, sent: list[UUID]) -> tuple[Picture, ...]:
    async with engine.house.app.unit(agency) as unit:
        waiting = [media_id for message_id in sent for media_id in await media.media_of(unit, message_id)]
    for media_id in waiting[:MOST_PICTURES]:
        await fetch(engine, agency, media_id)
    async with engine.house.app.unit(agency) as unit:
        stored = await media.stored_pictures(unit, sent, MOST_PICTURES)
    return tuple([Picture(one.message_id, await engine.house.blobs.get(one.blob_key), one.mime) for one in stored])


async def _put_off(engine: Engine, agency: UUID, waiting: WaitingMedia, error: MuseError) -> None:
    log.warning("media_not_fetched", media=str(waiting.id), error=type(error).__name__, attempt=waiting.attempts)
    async with engine.house.app.unit(agency) as unit:
        if isinstance(error, Refused) or waiting.attempts >= ATTEMPTS:
            await media.mark_refused(unit, waiting.id, str(error))
        else:
            await media.retry_later(unit, waiting.id, 5.0 * 2.0**waiting.attempts, str(error))
