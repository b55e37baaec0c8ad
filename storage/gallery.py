"""Pictures that were made for an influencer: kept with what was asked and chosen, marked, sorted into albums.

A person names them by their jobs; `storage/pictures.py` finds them.
"""

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
Shape = Literal["portrait", "square", "landscape"]


class Kept(Struct, frozen=True, kw_only=True):
    """What was asked and chosen for a picture. `likeness` is the cosine to the reference, where it was measured."""

    prompt: str
    category: str
    shape: Shape
    model: str
    seed: int
    made_at: datetime
    wish: str = ""
    scene: str = ""
    outfit: str = ""
    likeness: float | None = None
    favourite: bool = False


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


async def keep_picture(unit: Unit, asset_id: UUID, kept: Kept) -> bool:
    """Keep a picture beside its asset; false when it was kept before, which a repeat of the job may do."""
    values = (kept.prompt, kept.wish, kept.category, kept.scene, kept.outfit, kept.shape, kept.model, kept.seed)
    return await PICTURES["add"].run(unit, asset_id, *values, kept.likeness, kept.made_at) > 0


async def find_kept(unit: Unit, asset_id: UUID) -> Kept:
    """Return what was asked and chosen for a picture. Raises `NotFound`."""
    found = await PICTURES["find"].first(unit, Kept, asset_id)
    if found is None:
        raise NotFound("There is no such picture.")
    return found


async def set_favourite(unit: Unit, job_id: UUID, favourite: bool) -> None:
    """Mark the picture that a job made, or take the mark away. Raises `Refused` where it made none yet."""
    if not await PICTURES["set_favourite"].run(unit, job_id, favourite):
        raise Refused("There is no picture yet that could be marked.")


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


async def album_assets(unit: Unit, album_id: UUID) -> tuple[UUID, ...]:
    """Return the pictures of an album in the order in which they were put in."""
    return tuple(row.id for row in await PICTURES["of_album"].all(unit, _Id, album_id))


async def drop_album(unit: Unit, album_id: UUID) -> None:
    """Take an album apart; its pictures stay. Raises `NotFound`."""
    if not await PICTURES["drop_album"].run(unit, album_id):
        raise NotFound("There is no such album.")


async def put_in_album(unit: Unit, album_id: UUID, jobs: Sequence[UUID]) -> int:
    """Put the pictures that jobs made of its own influencer into an album; return how many are new there."""
    return await PICTURES["put_in"].run(unit, album_id, list(jobs))


async def take_from_album(unit: Unit, album_id: UUID, jobs: Sequence[UUID]) -> int:
    """Take the pictures that jobs made out of an album; return how many."""
    return await PICTURES["take_out"].run(unit, album_id, list(jobs))


class _Id(Struct, frozen=True):
    id: UUID
