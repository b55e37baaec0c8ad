"""Packs' words as vectors, so that "something at the sea?" finds the right one."""

from __future__ import annotations

from uuid import UUID

from core.ports import Embedder
from storage import sweep
from storage.house import House
from storage.packs import list_unembedded, set_embedding


async def index_packs(house: House, embedder: Embedder) -> int:
    """Embed every pack that this embedder has not seen, in all agencies; return how many. Raises `Unavailable`."""
    agencies = await sweep.agencies_with_unindexed_packs(house.sweep, embedder.name)
    return sum([await _index_agency(house, embedder, agency_id) for agency_id in agencies])


async def _index_agency(house: House, embedder: Embedder, agency_id: UUID) -> int:
    async with house.app.unit(agency_id) as unit:
        packs = await list_unembedded(unit, embedder.name)
    vectors = await embedder.embed([f"{p.title}. {p.description} {', '.join(p.tags)}" for p in packs])
    async with house.app.unit(agency_id) as unit:
        for pack, vector in zip(packs, vectors, strict=True):
            await set_embedding(unit, pack.id, vector, embedder.name)
    return len(packs)
