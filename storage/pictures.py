"""Pictures as people look at them: one, a list, what a fan waits for, and the way to a finished one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound
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
    likeness: float | None
    seconds: float | None
    mime: str | None
    width: int | None
    height: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Filter(Struct, frozen=True, kw_only=True):
    """Which pictures: all that is given must hold. `words` as one types them into a search box: "quoted", or, -without.

    `before` is the last id of the page that was read already; `oldest_first` turns the order round.
    """

    states: tuple[str, ...] = ()
    influencer: str | None = None
    words: str | None = None
    shape: str | None = None
    favourite: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    oldest_first: bool = False
    model: str | None = None
    album: UUID | None = None
    limit: int = 50


class PackLink(Struct, frozen=True):
    """A pack that holds a picture, and how often it was bought."""

    id: UUID
    title: str
    sold: int


class Stored(AssetRef, frozen=True):
    """Where a picture lies, and its thumbnail."""

    thumbnail_key: str | None = None


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
    """Return pictures, newest first unless asked otherwise; words find finished ones by what was asked and chosen for them."""
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
        chosen.oldest_first,
        chosen.model,
        chosen.album,
        chosen.limit,
    )


async def find_picture(unit: Unit, job_id: UUID) -> Stored:
    """Return where a finished or held picture lies. Raises `NotFound`."""
    found = await JOBS["picture"].first(unit, Stored, job_id)
    if found is None:
        raise NotFound("There is no such picture, or it is not finished yet.")
    return found


async def packs_of(unit: Unit, job_id: UUID) -> list[PackLink]:
    """Return the packs that a picture is in."""
    return await JOBS["packs_of"].all(unit, PackLink, job_id)


async def count_open(unit: Unit, fans: Sequence[UUID]) -> int:
    """Return how many pictures are being made for some fan rows."""
    return int(await JOBS["open_of_fan"].value(unit, list(fans)))


async def count_today(unit: Unit, fans: Sequence[UUID]) -> int:
    """Return how many pictures were ordered for some fan rows within the last day."""
    return int(await JOBS["today_of_fans"].value(unit, list(fans)))


async def underway(unit: Unit, conversation_id: UUID) -> list[Underway]:
    """Return the pictures that the fan of a conversation waits for."""
    return await JOBS["open_of_chat"].all(unit, Underway, conversation_id)


async def count_waiting(unit: Unit) -> Counts:
    """Return how long the agency's queue is."""
    return await JOBS["waiting"].one(unit, Counts)


async def visible_picture(unit: Unit, fan_id: UUID, asset_id: UUID, platform: str) -> AssetRef:
    """Return a picture that was made for this fan and left for them, as a platform takes it. Raises `NotFound`."""
    return await JOBS["visible"].one(unit, AssetRef, fan_id, asset_id, platform)


async def picture_of_account(unit: Unit, account_id: UUID, job_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture that left in a chat of this account. Raises `NotFound`."""
    return await JOBS["of_account"].one(unit, AssetRef, account_id, job_id, asset_id)
