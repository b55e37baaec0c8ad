"""Pictures that were made for an influencer: kept with what was asked, searched, marked, sorted into albums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from core.ids import new_id
from storage.queries import Queries
from storage.unit import Unit

PICTURES = Queries("gallery")
State = Literal["held", "kept", "refused"]
Shape = Literal["portrait", "square", "landscape"]


class NewPicture(Struct, frozen=True, kw_only=True):
    """A picture to be kept: its asset's row is there already. `fan_id`: whose wish it was; forgotten with them."""

    asset_id: UUID
    job_id: UUID
    prompt: str
    category: str
    shape: Shape
    model: str
    seed: int
    made_at: datetime
    state: State = "held"
    wish: str = ""
    scene: str = ""
    outfit: str = ""
    likeness: float | None = None
    fan_id: UUID | None = None


class PictureRow(Struct, frozen=True):
    """A picture as an operator finds it. `likeness` is the cosine to the reference, where it was measured; sizes in pixels."""

    asset_id: UUID
    job_id: UUID
    state: State
    prompt: str
    wish: str
    category: str
    scene: str
    outfit: str
    shape: Shape
    model: str
    seed: int
    likeness: float | None
    favourite: bool
    made_at: datetime
    blob_key: str
    mime: str
    width: int
    height: int


class Search(Struct, frozen=True, kw_only=True):
    """What is looked for; none: any. `words` as one types them into a search box: "quoted", or, -without.

    `after` is the last picture of the page before; `oldest_first` turns the order round; `limit` is 1 to 200.
    """

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    shape: Shape | None = None
    model: str | None = None
    favourite: bool | None = None
    state: State | None = None
    album: UUID | None = None
    after: UUID | None = None
    oldest_first: bool = False
    limit: int = 50


class Album(Struct, frozen=True):
    """An album; `cover` is the picture that was put in last."""

    id: UUID
    name: str
    created_at: datetime
    pictures: int
    cover: UUID | None


class _Choice(Struct, frozen=True):
    scene: str
    outfit: str


async def keep_picture(unit: Unit, new: NewPicture) -> bool:
    """Keep a picture beside its asset; false when it was kept before, which a repeat of the job may do."""
    values = (new.state, new.prompt, new.wish, new.category, new.scene, new.outfit, new.shape, new.model, new.seed)
    added = await PICTURES["add"].run(unit, new.asset_id, new.job_id, new.fan_id, *values, new.likeness, new.made_at)
    return added > 0


async def search_pictures(unit: Unit, influencer_id: UUID, search: Search) -> list[PictureRow]:
    """Return a page of an influencer's pictures, newest first unless asked otherwise."""
    query = PICTURES["page_oldest"] if search.oldest_first else PICTURES["page"]
    return await query.all(
        unit,
        PictureRow,
        influencer_id,
        search.words.strip(),
        search.since,
        search.until,
        search.shape,
        search.model,
        search.favourite,
        search.state,
        search.album,
        search.after,
        max(1, min(search.limit, 200)),
    )


async def find_picture(unit: Unit, asset_id: UUID) -> PictureRow:
    """Return one picture. Raises `NotFound`."""
    found = await PICTURES["find"].first(unit, PictureRow, asset_id)
    if found is None:
        raise NotFound("There is no such picture.")
    return found


async def mark_favourite(unit: Unit, asset_id: UUID, favourite: bool) -> PictureRow:
    """Say whether a picture is a favourite; return it. Raises `NotFound`."""
    await PICTURES["mark_favourite"].run(unit, asset_id, favourite)
    return await find_picture(unit, asset_id)


async def set_state(unit: Unit, asset_id: UUID, state: State) -> PictureRow:
    """Keep, hold or refuse a picture; return it. Raises `NotFound`."""
    await PICTURES["set_state"].run(unit, asset_id, state)
    return await find_picture(unit, asset_id)


async def recent_choices(unit: Unit, influencer_id: UUID, most: int = 8) -> tuple[str, ...]:
    """Return the places and clothes of the last pictures, newest first: what is not to be drawn again at once."""
    rows = await PICTURES["choices"].all(unit, _Choice, influencer_id, most)
    return tuple(dict.fromkeys(word for row in rows for word in (row.scene, row.outfit) if word))


async def add_album(unit: Unit, influencer_id: UUID, name: str) -> UUID:
    """Make an album, or find the one of that name; return its id. Raises `Refused` for a name of nothing."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 80:
        raise Refused("An album's name has 1 to 80 characters.")
    return UUID(str(await PICTURES["add_album"].value(unit, new_id(), influencer_id, tidy)))


async def find_album(unit: Unit, influencer_id: UUID, name: str) -> UUID:
    """Return an album by its name. Raises `NotFound`, naming those that there are."""
    found = await PICTURES["find_album"].value(unit, influencer_id, " ".join(name.split()))
    if found is None:
        known = ", ".join(one.name for one in await list_albums(unit, influencer_id))
        raise NotFound(f"There is no album {name!r}; there are: {known or 'none'}.")
    return UUID(str(found))


async def list_albums(unit: Unit, influencer_id: UUID) -> list[Album]:
    """Return the albums of an influencer, by name."""
    return await PICTURES["albums"].all(unit, Album, influencer_id)


async def drop_album(unit: Unit, album_id: UUID) -> None:
    """Take an album apart; its pictures stay. Raises `NotFound`."""
    if not await PICTURES["drop_album"].run(unit, album_id):
        raise NotFound("There is no such album.")


async def put_in_album(unit: Unit, album_id: UUID, assets: Sequence[UUID]) -> int:
    """Put pictures of its own influencer into an album; return how many are new there."""
    return await PICTURES["put_in"].run(unit, album_id, list(assets))


async def take_from_album(unit: Unit, album_id: UUID, assets: Sequence[UUID]) -> int:
    """Take pictures out of an album; return how many."""
    return await PICTURES["take_out"].run(unit, album_id, list(assets))
