"""Packs' words as vectors, so that "something at the sea?" finds the right one."""

from __future__ import annotations

from uuid import UUID

from core.ports import Embedder
from storage import sweep
from storage.house import House
from storage.packs import PackWords, list_unembedded, list_words, set_embedding

BATCH = 64


async def index_packs(house: House, embedder: Embedder) -> int:
    """Embed every pack that this embedder has not seen, in all agencies; return how many. Raises `Unavailable`."""
    agencies = await sweep.agencies_with_unindexed_packs(house.sweep, embedder.name)
    return sum([await _index_agency(house, embedder, agency_id) for agency_id in agencies])


async def reembed_packs(house: House, embedder: Embedder, agency_id: UUID) -> int:
    """Embed all packs of an agency anew, each where it stands; return how many. Raises `Unavailable`."""
    done, after = 0, UUID(int=0)
    while True:
        async with house.app.unit(agency_id) as unit:
            packs = await list_words(unit, after, BATCH)
        if not packs:
            return done
        await _embed(house, embedder, agency_id, packs)
        after, done = packs[-1].id, done + len(packs)


async def _index_agency(house: House, embedder: Embedder, agency_id: UUID) -> int:
    async with house.app.unit(agency_id) as unit:
        packs = await list_unembedded(unit, embedder.name)
    await _embed(house, embedder, agency_id, packs)
    return len(packs)


async def _embed(house: House, embedder: Embedder, agency_id: UUID, packs: list[PackWords]) -> None:
    vectors = await embedder.embed([f"{p.title}. {p.description} {', '.join(p.tags)}" for p in packs])
    async with house.app.unit(agency_id) as unit:
        for pack, vector in zip(packs, vectors, strict=True):
            await set_embedding(unit, pack.id, vector, embedder.name)
