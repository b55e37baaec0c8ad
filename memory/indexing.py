"""The job behind recall: facts that were written get their vectors, and the index is set right about them."""

from __future__ import annotations

from uuid import UUID

from core.ports import Embedder, IndexItem, VectorIndex
from memory.voice import in_first_person
from storage.facts import Unindexed, list_unindexed, set_embeddings, set_indexed
from storage.house import House

BATCH = 64


async def index_facts(house: House, embedder: Embedder, index: VectorIndex, agency_id: UUID) -> int:
    """Set the index right about an agency's facts and return how many it was wrong about.

    Vectors are kept in the rows first, so that a run that ends half-way, or finds the index away, loses no work; running it
    again, or twice at once, does no harm. Raises `Unavailable`.
    """
    done = 0
    while True:
        async with house.app.unit(agency_id) as unit:
            waiting = await list_unindexed(unit, embedder.name, BATCH)
        if not waiting:
            return done
        living = [fact for fact in waiting if fact.holds]
        vectors = await _vectors(house, embedder, agency_id, living)
        await index.upsert([IndexItem(fact.id, vectors[fact.id], scope_of(agency_id, fact)) for fact in living])
        dead = [fact.id for fact in waiting if not fact.holds]
        await index.delete(dead)
        async with house.app.unit(agency_id) as unit:
            await set_indexed(unit, [fact.id for fact in living], hold=True)
            await set_indexed(unit, dead, hold=False)
        done += len(waiting)


async def _vectors(house: House, embedder: Embedder, agency_id: UUID, facts: list[Unindexed]) -> dict[UUID, list[float]]:
    """Return a vector for each fact; the missing ones are computed outside a transaction and kept."""
    vectors = {fact.id: fact.embedding for fact in facts if fact.embedding is not None}
    missing = [fact for fact in facts if fact.id not in vectors]
    if missing:
        made = dict(
            zip(
                (fact.id for fact in missing),
                await embedder.embed([in_first_person(fact.text) for fact in missing]),
                strict=True,
            )
        )
        async with house.app.unit(agency_id) as unit:
            await set_embeddings(unit, embedder.name, list(made.items()))
        vectors |= made
    return vectors


def scope_of(agency_id: UUID, fact: Unindexed) -> dict[str, str]:
    """Return the ids that a fact may be found by."""
    return {"agency_id": str(agency_id), "influencer_id": str(fact.influencer_id), "fan_id": str(fact.fan_id)}
