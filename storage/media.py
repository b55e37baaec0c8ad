"""Fans' files: which wait to be fetched, and where they were put."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.errors import NotFound
from storage.queries import Queries
from storage.unit import Unit

MEDIA = Queries("media")


class WaitingMedia(Struct, frozen=True):
    """A fan's file that this worker fetches now; `bytes` as the platform announced."""

    id: UUID
    kind: str
    file_id: str
    mime: str | None
    bytes: int | None
    attempts: int
    account_id: UUID
    conversation_id: UUID


class StoredPicture(Struct, frozen=True):
    """A fan's picture that lies with us."""

    message_id: UUID
    blob_key: str
    mime: str


class FileRow(Struct, frozen=True):
    """A fan's file as a person sees it; `state` is waiting, stored or refused."""

    id: UUID
    message_id: UUID
    kind: str
    state: str
    mime: str | None
    bytes: int | None
    reason: str | None


async def list_files(unit: Unit, conversation_id: UUID) -> list[FileRow]:
    """Return the files of a conversation, newest first."""
    return await MEDIA["list"].all(unit, FileRow, conversation_id)


async def find_stored(unit: Unit, media_id: UUID) -> StoredPicture:
    """Return where a file of any kind lies with us. Raises `NotFound` for one that is not, or not yet, here."""
    found = await MEDIA["find_stored"].first(unit, StoredPicture, media_id)
    if found is None:
        raise NotFound("There is no such file, or it was not fetched yet.")
    return found


async def claim_media(unit: Unit, media_id: UUID) -> WaitingMedia | None:
    """Take a file to fetch; nothing when another does or it is done."""
    return await MEDIA["claim"].first(unit, WaitingMedia, media_id)


async def media_of(unit: Unit, message_id: UUID) -> list[UUID]:
    """Return the files of a message that wait."""
    return [row.id for row in await MEDIA["of_message"].all(unit, _Id, message_id)]


async def stored_pictures(unit: Unit, messages: list[UUID], most: int) -> list[StoredPicture]:
    """Return the pictures of some messages that lie with us."""
    return await MEDIA["pictures"].all(unit, StoredPicture, messages, most)


async def mark_stored(unit: Unit, media_id: UUID, mime: str, size: int, blob_key: str) -> bool:
    """The file lies with us now; false when its message is gone meanwhile."""
    return await MEDIA["stored"].run(unit, media_id, mime, size, blob_key) > 0


async def mark_refused(unit: Unit, media_id: UUID, reason: str) -> None:
    """The file will not be fetched."""
    await MEDIA["refused"].run(unit, media_id, reason)


async def retry_later(unit: Unit, media_id: UUID, after_s: float, reason: str) -> None:
    """The file is tried again after some seconds."""
    await MEDIA["retry"].run(unit, media_id, after_s, reason)


class _Id(Struct, frozen=True):
    id: UUID
