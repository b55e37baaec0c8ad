"""What an index of vectors should hold: facts and episodes by tier, their vectors, and what was left behind in an index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import Struct

from storage import facts
from storage.facts import FACTS, Unindexed, Whose
from storage.queries import Queries
from storage.unit import Unit

Tier: TypeAlias = Literal["facts", "episodes"]
VECTORS = Queries("vectors")
FIRST = UUID(int=0)
"""Before every id."""

_SET_INDEXED = {"facts": FACTS["set_indexed"], "episodes": VECTORS["episodes_set_indexed"]}
_SET_EMBEDDING = {"facts": FACTS["set_embedding"], "episodes": VECTORS["episodes_set_embedding"]}
_DROP_EMBEDDING = {"facts": FACTS["drop_embedding"], "episodes": VECTORS["episodes_drop_embedding"]}
_UNINDEXED = {"facts": FACTS["unindexed"], "episodes": VECTORS["episodes_unindexed"]}
_ROWS = {"facts": VECTORS["facts_rows"], "episodes": VECTORS["episodes_rows"]}
_LIVING = {"facts": VECTORS["facts_living"], "episodes": VECTORS["episodes_living"]}
_COUNT = {"facts": VECTORS["facts_count"], "episodes": VECTORS["episodes_count"]}
_UNMARK = {"facts": VECTORS["facts_unmark"], "episodes": VECTORS["episodes_unmark"]}


class VectorRow(Struct, frozen=True):
    """A fact or an episode that holds, with the vector that an embedder made of it, and whether the job has indexed it."""

    id: UUID
    influencer_id: UUID
    fan_id: UUID
    text: str
    embedding: list[float] | None
    indexed: bool = False


class Near(Struct, frozen=True):
    """A found row; `similarity` is the cosine, in -1..1."""

    id: UUID
    similarity: float


class Held(Struct, frozen=True):
    """How many rows hold, and how many of them lack a vector."""

    held: int
    bare: int


class Progress(Struct, frozen=True):
    """How far a rebuilding has come: the last fan and row that are done, and how many."""

    from_rows: bool
    after_fan_id: UUID = FIRST
    after_id: UUID = FIRST
    done: int = 0


class Said(Struct, frozen=True):
    """The fan's own words that a fact was found in."""

    id: UUID
    text: str


class _Id(Struct, frozen=True):
    id: UUID


def place_of(fan_id: UUID) -> int:
    """Return where a fan's vectors lie in an index: 31 bits of a hash, as the database's function of this name gives."""
    return int.from_bytes(hashlib.sha256(fan_id.bytes).digest()[:4]) & 0x7FFFFFFF


async def list_unindexed(unit: Unit, tier: Tier, embedder: str, limit: int) -> list[Unindexed]:
    """Return rows of the agency that the index is wrong about, oldest first."""
    return await _UNINDEXED[tier].all(unit, Unindexed, embedder, limit)


async def set_embeddings(unit: Unit, tier: Tier, embedder: str, vectors: Sequence[tuple[UUID, Sequence[float]]]) -> None:
    """Write the vectors of rows, as an embedder sees them."""
    await _SET_EMBEDDING[tier].run_many(unit, [(id_, embedder, vector) for id_, vector in vectors])


async def drop_embeddings(unit: Unit, tier: Tier, ids: Sequence[UUID]) -> None:
    """Forget the vectors of rows; the job makes them again while they hold."""
    await _DROP_EMBEDDING[tier].run(unit, list(ids))


async def set_indexed(unit: Unit, tier: Tier, ids: Sequence[UUID], *, hold: bool) -> None:
    """Note that the index is right about rows: holds the living (`hold`), or has dropped the dead."""
    await _SET_INDEXED[tier].run(unit, list(ids), hold)


async def unmark(unit: Unit, tier: Tier, ids: Sequence[UUID]) -> int:
    """Have the index job write some rows again; return how many it will."""
    return await _UNMARK[tier].run(unit, list(ids))


async def find_nearest(unit: Unit, tier: Tier, whose: Whose, embedder: str, vector: Sequence[float], k: int) -> list[Near]:
    """Return a fan's rows by cosine, best first, searched exactly."""
    if tier == "episodes":
        return await VECTORS["episodes_nearest"].all(unit, Near, whose.fan_id, whose.influencer_id, embedder, vector, k)
    found = await facts.find_nearest(unit, whose, embedder, vector, k)
    return [Near(fact.id, fact.similarity or 0.0) for fact in found]


async def list_rows(unit: Unit, tier: Tier, embedder: str, after: tuple[UUID, UUID], limit: int) -> list[VectorRow]:
    """Return what an index should hold of the agency, fan by fan, after a fan and a row."""
    return await _ROWS[tier].all(unit, VectorRow, *after, embedder, limit)


async def find_living(unit: Unit, tier: Tier, embedder: str, ids: Sequence[UUID]) -> list[VectorRow]:
    """Return those of some rows that hold; their texts are left out."""
    return await _LIVING[tier].all(unit, VectorRow, list(ids), embedder)


async def count_held(unit: Unit, tier: Tier, embedder: str) -> Held:
    """Count the rows of the agency, and those without a vector of an embedder."""
    return await _COUNT[tier].one(unit, Held, embedder)


async def list_leftovers(unit: Unit, tier: Tier, limit: int) -> list[UUID]:
    """Return ids that an index may still hold although their rows are gone, or became another fan's."""
    return [row.id for row in await VECTORS["leftovers"].all(unit, _Id, tier, limit)]


async def clear_leftovers(unit: Unit, tier: Tier, ids: Sequence[UUID]) -> None:
    """Note that the index has dropped them; what moved to another fan is put in again."""
    await unmark(unit, tier, ids)
    await VECTORS["clear_leftovers"].run(unit, tier, list(ids))


async def load_progress(unit: Unit, tier: Tier) -> Progress | None:
    """Return how far a rebuilding came that was cut off."""
    return await VECTORS["progress"].first(unit, Progress, tier)


async def save_progress(unit: Unit, tier: Tier, progress: Progress) -> None:
    """Note how far a rebuilding has come."""
    await VECTORS["put_progress"].run(unit, tier, progress.from_rows, progress.after_fan_id, progress.after_id, progress.done)


async def end_progress(unit: Unit, tier: Tier) -> None:
    """Note that nothing is being rebuilt."""
    await VECTORS["end_progress"].run(unit, tier)


async def said_of_facts(unit: Unit, ids: Sequence[UUID]) -> list[Said]:
    """Return the fan's own words that facts were found in; a fact whose messages are gone has none."""
    return await VECTORS["said_of_facts"].all(unit, Said, list(ids))


async def set_dictionaries(unit: Unit, dictionaries: Sequence[tuple[UUID, str]]) -> None:
    """Set which text search configuration of Postgres reads a fact's words."""
    await VECTORS["set_dictionary"].run_many(unit, list(dictionaries))
