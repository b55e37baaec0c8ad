"""Pictures as people look at them: one, a list, an album, what a fan waits for, and the way to a finished one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.outbound import AssetRef
from storage.queries import Queries
from storage.unit import Unit

JOBS = Queries("image_jobs")


class PictureRow(Struct, frozen=True):
    """One picture, with all it is linked with: prompt, turn, message, asset. `progress` is in 0..1."""

    id: UUID
    influencer: str
    source: str
    state: str
    progress: float
    conversation_id: UUID | None
    turn_id: UUID | None
    message_id: UUID | None
    asset_id: UUID | None
    ordered_by: str | None
    wish: dict[str, Any]
    request: dict[str, Any]
    model: str
    cost: int
    priority: int
    attempts: int
    error_class: str | None
    error: str | None
    judged: dict[str, Any] | None
    marks: tuple[str, ...]
    favourite: bool
    seconds: float | None
    mime: str | None
    width: int | None
    height: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Filter(Struct, frozen=True, kw_only=True):
    """Which pictures: all that is given must hold; `before` is the last id that was read already."""

    states: tuple[str, ...] = ()
    influencer: str | None = None
    words: str | None = None
    shape: str | None = None
    favourite: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    limit: int = 50


class AlbumRow(Struct, frozen=True):
    """A finished picture in an album."""

    id: UUID
    asset_id: UUID
    favourite: bool
    finished_at: datetime
    width: int
    height: int
    mime: str


class PackLink(Struct, frozen=True):
    """A pack that holds a picture, and how often it was bought."""

    id: UUID
    title: str
    sold: int


class Stored(AssetRef, frozen=True):
    """Where a picture lies, and its thumbnail."""

    thumb_key: str | None = None


class Underway(Struct, frozen=True):
    """A picture that a fan waits for."""

    id: UUID
    state: str
    progress: float


class Counts(Struct, frozen=True):
    """How many pictures of an agency wait, are made, and wait for a person."""

    queued: int
    painting: int
    held: int


async def load_picture(unit: Unit, job_id: UUID) -> PictureRow:
    """Return one picture. Raises `NotFound`."""
    return await JOBS["load"].one(unit, PictureRow, job_id)


async def list_pictures(unit: Unit, chosen: Filter) -> list[PictureRow]:
    """Return pictures, newest first."""
    return await JOBS["list"].all(
        unit,
        PictureRow,
        list(chosen.states),
        chosen.influencer,
        chosen.words,
        chosen.shape,
        chosen.favourite,
        chosen.since,
        chosen.until,
        chosen.before,
        chosen.limit,
    )


async def read_album(unit: Unit, influencer: str, before: UUID | None = None, limit: int = 60) -> list[AlbumRow]:
    """Return an influencer's finished pictures, newest first."""
    return await JOBS["album"].all(unit, AlbumRow, influencer, before, limit)


async def set_favourite(unit: Unit, job_id: UUID, favourite: bool) -> None:
    """Mark a picture, or take the mark away."""
    await JOBS["set_favourite"].run(unit, job_id, favourite)


async def find_picture(unit: Unit, job_id: UUID) -> Stored:
    """Return where a finished or held picture lies. Raises `NotFound`."""
    return await JOBS["picture"].one(unit, Stored, job_id)


async def packs_of(unit: Unit, job_id: UUID) -> list[PackLink]:
    """Return the packs that a picture is in."""
    return await JOBS["packs_of"].all(unit, PackLink, job_id)


async def count_open(unit: Unit, fans: list[UUID]) -> int:
    """Return how many pictures are being made for some fan rows."""
    return int(await JOBS["open_of_fan"].value(unit, fans))


async def underway(unit: Unit, conversation_id: UUID) -> list[Underway]:
    """Return the pictures that the fan of a conversation waits for."""
    return await JOBS["open_of_chat"].all(unit, Underway, conversation_id)


async def count_waiting(unit: Unit) -> Counts:
    """Return how long the agency's queue is."""
    return await JOBS["waiting"].one(unit, Counts)


async def visible_picture(unit: Unit, fan_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture that was made for this fan and left for them. Raises `NotFound`."""
    return await JOBS["visible"].one(unit, AssetRef, fan_id, asset_id)


async def picture_of_account(unit: Unit, account_id: UUID, job_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture that left in a chat of this account. Raises `NotFound`."""
    return await JOBS["of_account"].one(unit, AssetRef, account_id, job_id, asset_id)
