"""An index is rebuilt from its rows, or the rows' vectors are made anew, fan by fan; recall goes on meanwhile.

Every vector is replaced where it stands, so that nothing is missing on the way. How far it has come is kept: a run that was cut
off is gone on with by the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.ports import Embedder, IndexItem
from memory.index_chroma import ChromaIndex
from memory.indexing import embed_rows, free_index, hold_index, scope_of
from storage.house import House
from storage.vectors import (
    Progress,
    Tier,
    count_held,
    end_progress,
    find_living,
    list_rows,
    load_progress,
    save_progress,
    set_embeddings,
)

FROM_ROWS, ANEW = 2000, 64
"""Rows of a batch: of vectors that are there, and of such that are made."""

WAIT_S = 1.0
Told = Callable[[int, int], None]
"""Told how many rows are done, of how many."""


class _Work(Struct, frozen=True):
    """What is rebuilt, and whether from the vectors that the rows have."""

    house: House
    tier: Tier
    embedder: Embedder
    index: ChromaIndex | None
    agency_id: UUID
    from_rows: bool
    writer: str


async def rebuild(
    house: House,
    tier: Tier,
    embedder: Embedder,
    index: ChromaIndex | None,
    agency_id: UUID,
    *,
    from_rows: bool = True,
    told: Told = lambda done, of: None,
) -> int:
    """Put an agency's rows into their index, with the vectors they have or (`from_rows` false) with new ones; return how many.

    Rows without a vector are left to the index job. Raises `Unavailable`; what was done until then is done.
    """
    work = _Work(house, tier, embedder, index, agency_id, from_rows, str(new_id()))
    async with house.app.unit(agency_id) as unit:
        begun = await load_progress(unit, tier)
        total = (await count_held(unit, tier, embedder.name)).held
    progress = begun if begun is not None and begun.from_rows == from_rows else Progress(from_rows)
    try:
        if index is not None:
            await index.expect(total)
        while last := await _rebuild_some(work, progress):
            progress = last
            told(progress.done, total)
    finally:
        if index is not None:
            await free_index(house, tier, work.writer)
    async with house.app.unit(agency_id) as unit:
        await end_progress(unit, tier)
    return progress.done


async def _rebuild_some(work: _Work, progress: Progress) -> Progress | None:
    """Do the next rows and say how far it has come; none when all are done."""
    if work.index is not None:
        await _wait_for(work)
    async with work.house.app.unit(work.agency_id) as unit:
        after = (progress.after_fan_id, progress.after_id)
        rows = await list_rows(unit, work.tier, work.embedder.name, after, FROM_ROWS if work.from_rows else ANEW)
    if not rows:
        return None
    if work.from_rows:
        vectors = {row.id: row.embedding for row in rows if row.embedding is not None}
    else:
        vectors = dict(await embed_rows(work.embedder, work.tier, rows))
        async with work.house.app.unit(work.agency_id) as unit:
            await set_embeddings(unit, work.tier, work.embedder.name, list(vectors.items()))
    if work.index is not None:
        held = [row for row in rows if row.id in vectors]
        await work.index.upsert([IndexItem(row.id, vectors[row.id], scope_of(work.agency_id, row)) for row in held])
    done = Progress(work.from_rows, rows[-1].fan_id, rows[-1].id, progress.done + len(rows))
    async with work.house.app.unit(work.agency_id) as unit:
        await save_progress(unit, work.tier, done)
    return done


async def _wait_for(work: _Work) -> None:
    """Wait until no other writer is at the index, and keep them off for the next rows."""
    while not await hold_index(work.house, work.tier, work.writer):  # noqa: ASYNC110 - the other may be another process
        await asyncio.sleep(WAIT_S)


async def drop_strangers(house: House, tier: Tier, embedder: Embedder, index: ChromaIndex, agency_id: UUID) -> int:
    """Have an index forget what no row of the agency holds up, or what is another fan's by now; return how many."""
    dropped = 0
    async for page in index.read():
        ours = [item for item in page if item.scope.get("agency_id") == str(agency_id)]
        async with house.app.unit(agency_id) as unit:
            living = {row.id: row for row in await find_living(unit, tier, embedder.name, [item.id for item in ours])}
        wrong = [item.id for item in ours if item.id not in living or scope_of(agency_id, living[item.id]) != dict(item.scope)]
        if wrong:
            await index.delete(wrong)
            dropped += len(wrong)
    return dropped
