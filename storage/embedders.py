"""Whose vectors recall of an agency searches, and the way from one embedder to the next with both side by side."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from storage.queries import Queries
from storage.unit import Unit
from storage.vectors import Tier, VectorRow, place_of

EMBEDDERS = Queries("embedders")
_UNCHANGED = {"facts": EMBEDDERS["facts_unchanged"], "episodes": EMBEDDERS["episodes_unchanged"]}
_SET_NEXT = {"facts": EMBEDDERS["facts_set_next"], "episodes": EMBEDDERS["episodes_set_next"]}
_LEFT_OUT = (EMBEDDERS["facts_left_out"], EMBEDDERS["episodes_left_out"])
_SETTLE = {"facts": EMBEDDERS["facts_settle"], "episodes": EMBEDDERS["episodes_settle"]}
_GIVE_UP = {"facts": EMBEDDERS["facts_give_up"], "episodes": EMBEDDERS["episodes_give_up"]}


class InUse(Struct, frozen=True):
    """The embedder that an agency's recall searches by: its name, the setting that opens it, and the one before it.

    `previous` is named while its vectors are not cleared away; `since_s` are the seconds since it was switched.
    """

    embedder: str
    model: str
    previous: str | None
    since_s: float


class _Place(Struct, frozen=True):
    fan_id: UUID
    id: UUID


async def load_embedder(unit: Unit) -> InUse | None:
    """Return whose vectors the agency's recall searches; none before the first vector."""
    return await EMBEDDERS["load"].first(unit, InUse)


async def begin_embedder(unit: Unit, embedder: str, model: str) -> None:
    """Let an agency that has none begin with an embedder, and note the setting that opens it."""
    await EMBEDDERS["begin"].run(unit, embedder, model)
    await EMBEDDERS["note_model"].run(unit, embedder, model)


async def list_unchanged(unit: Unit, tier: Tier, embedder: str, after: tuple[UUID, UUID], limit: int) -> list[VectorRow]:
    """Return rows that have no vector of the next embedder, fan by fan, after a fan and a row."""
    return await _UNCHANGED[tier].all(unit, VectorRow, embedder, *after, limit)


async def set_next(unit: Unit, tier: Tier, embedder: str, vectors: Sequence[tuple[UUID, Sequence[float]]]) -> None:
    """Keep the next embedder's vectors beside those that are searched."""
    await _SET_NEXT[tier].run_many(unit, [(id_, embedder, vector) for id_, vector in vectors])


async def switch(unit: Unit, embedder: str, model: str) -> None:
    """Let recall search another embedder's vectors, in this transaction; what lacks one is for the index job."""
    await EMBEDDERS["switch"].run(unit, embedder, model)
    for query in _LEFT_OUT:
        await query.run(unit, embedder)


async def settle(unit: Unit, tier: Tier, embedder: str, after: tuple[UUID, UUID], limit: int) -> tuple[UUID, UUID] | None:
    """Put the vectors of some rows in the place of the old ones; return the last fan and row, none when all are done."""
    places = await _SETTLE[tier].all(unit, _Place, embedder, *after, limit)
    last = max(places, key=lambda place: (place_of(place.fan_id), place.fan_id, place.id), default=None)
    return None if last is None else (last.fan_id, last.id)


async def give_up(unit: Unit, tier: Tier, embedder: str, limit: int) -> int:
    """Drop some vectors that were begun for another embedder than this; return how many."""
    return await _GIVE_UP[tier].run(unit, embedder, limit)


async def settled(unit: Unit, embedder: str) -> None:
    """Note that nothing of the previous embedder is left."""
    await EMBEDDERS["settled"].run(unit, embedder)
