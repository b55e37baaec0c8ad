"""The job behind recall: facts and episodes that were written get their vectors, and their index is set right about them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.ids import new_id
from core.ports import Embedder, IndexItem, VectorIndex
from memory.languages import dictionary_of, find_language
from memory.voice import in_first_person
from storage.facts import Unindexed
from storage.house import House
from storage.vectors import (
    Tier,
    VectorRow,
    clear_leftovers,
    list_leftovers,
    list_unindexed,
    said_of_facts,
    set_dictionaries,
    set_embeddings,
    set_indexed,
)

BATCH = 64
LEFTOVERS = 500
WRITING_S = 60
"""How long a writer of an index holds it without a sign of life."""


async def index_facts(house: House, embedder: Embedder, index: VectorIndex | None, agency_id: UUID) -> int:
    """Set the index right about an agency's facts and return how many it was wrong about.

    Vectors are kept in the rows first, so that a run that ends half-way, or finds the index away, loses no work; running it
    again, or twice at once, does no harm. Without an index the rows' vectors are all there is. Raises `Unavailable`.
    """
    return await _index(house, "facts", embedder, index, agency_id)


async def index_episodes(house: House, embedder: Embedder, index: VectorIndex | None, agency_id: UUID) -> int:
    """Do the same for an agency's episodes; ids in the index are the episodes'. Raises `Unavailable`."""
    return await _index(house, "episodes", embedder, index, agency_id)


async def _index(house: House, tier: Tier, embedder: Embedder, index: VectorIndex | None, agency_id: UUID) -> int:
    done, writer = 0, str(new_id())
    try:
        while index is None or await hold_index(house, tier, writer):
            dropped = await _drop_leftovers(house, tier, index, agency_id)
            written = await _index_some(house, tier, embedder, index, agency_id)
            if not dropped and not written:
                break
            done += written
    finally:
        if index is not None:
            await free_index(house, tier, writer)
    return done


async def _index_some(house: House, tier: Tier, embedder: Embedder, index: VectorIndex | None, agency_id: UUID) -> int:
    async with house.app.unit(agency_id) as unit:
        waiting = await list_unindexed(unit, tier, embedder.name, BATCH)
    living = [row for row in waiting if row.holds]
    dead = [row.id for row in waiting if not row.holds]
    vectors = await _vectors(house, tier, embedder, agency_id, living)
    if index is not None:
        await index.upsert([IndexItem(row.id, vectors[row.id], scope_of(agency_id, row)) for row in living])
        await index.delete(dead)
    if waiting:
        async with house.app.unit(agency_id) as unit:
            await set_indexed(unit, tier, [row.id for row in living], hold=True)
            await set_indexed(unit, tier, dead, hold=False)
    return len(waiting)


async def hold_index(house: House, tier: Tier, writer: str) -> bool:
    """Let one writer at a time into an index; false while another is at it. Whoever was let in asks again for each batch."""
    return await house.locks.hold(f"index:{tier}", writer, WRITING_S)


async def free_index(house: House, tier: Tier, writer: str) -> None:
    """Let the next writer in at once."""
    await house.locks.free(f"index:{tier}", writer)


async def _drop_leftovers(house: House, tier: Tier, index: VectorIndex | None, agency_id: UUID) -> int:
    """Have the index forget whose rows are gone, whatever took them."""
    async with house.app.unit(agency_id) as unit:
        ids = await list_leftovers(unit, tier, LEFTOVERS)
    if ids:
        if index is not None:
            await index.delete(ids)
        async with house.app.unit(agency_id) as unit:
            await clear_leftovers(unit, tier, ids)
    return len(ids)


async def _vectors(
    house: House, tier: Tier, embedder: Embedder, agency_id: UUID, rows: Sequence[Unindexed]
) -> dict[UUID, list[float]]:
    """Return a vector for each row; the missing ones are computed outside a transaction and kept."""
    vectors = {row.id: row.embedding for row in rows if row.embedding is not None}
    missing = [row for row in rows if row.id not in vectors]
    if missing:
        made = await embed_rows(embedder, tier, missing)
        async with house.app.unit(agency_id) as unit:
            await set_embeddings(unit, tier, embedder.name, made)
            if tier == "facts":
                said = await said_of_facts(unit, [row.id for row in missing])
                await set_dictionaries(unit, [(of.id, dictionary_of(find_language(of.text) or "en")) for of in said])
        vectors |= dict(made)
    return vectors


async def embed_rows(
    embedder: Embedder, tier: Tier, rows: Sequence[Unindexed] | Sequence[VectorRow]
) -> list[tuple[UUID, list[float]]]:
    """Return ids and vectors of rows: facts in the fan's own voice, episodes as they were said. Raises `Unavailable`."""
    texts = [in_first_person(row.text) if tier == "facts" else row.text for row in rows]
    return list(zip((row.id for row in rows), await embedder.embed(texts), strict=True))


def scope_of(agency_id: UUID, row: Unindexed | VectorRow) -> dict[str, str]:
    """Return the ids that a row may be found by."""
    return {"agency_id": str(agency_id), "influencer_id": str(row.influencer_id), "fan_id": str(row.fan_id)}
