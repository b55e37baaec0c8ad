"""Another embedder takes over: its vectors are made beside the old ones, and recall goes on with those until all are there.

Where it was cut off, the next run goes on: what has its new vector is known from the rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from core.ids import new_id
from core.ports import IndexItem
from memory.embedders import WATCH_S, Embedders
from memory.indexing import WRITING_S, embed_rows, scope_of
from memory.tiers import TierIndexes
from storage.embedders import begin_embedder, give_up, list_unchanged, load_embedder, set_next, settle, settled, switch
from storage.house import House
from storage.sweep import embedders_in_use
from storage.vectors import FIRST, Tier

BATCH = 16
"""Rows embedded at once: turns share the embedder, and wait for no more than this."""

SETTLING = 1000
SETTLE_S = 12 * WATCH_S
"""Seconds after a switch for which the old vectors stay: some process may still search them."""


async def change_embedder(house: House, embedders: Embedders, tiers: list[TierIndexes], agency_id: UUID) -> bool:
    """Go on with an agency's way to the chosen embedder; say whether nothing is left to do. Raises `Unavailable`.

    Two runs at once would do the same work twice: the second one leaves at once.
    """
    run = str(new_id())

    async def hold() -> bool:
        return await house.locks.hold(f"embedder:{agency_id}", run, WRITING_S)

    if not await hold():
        return False
    try:
        return await _change(house, embedders, tiers, agency_id, hold)
    finally:
        await house.locks.free(f"embedder:{agency_id}", run)


async def _change(
    house: House, embedders: Embedders, tiers: list[TierIndexes], agency_id: UUID, hold: Callable[[], Awaitable[bool]]
) -> bool:
    chosen = embedders.chosen.name
    async with house.app.unit(agency_id) as unit:
        await begin_embedder(unit, chosen, embedders.model)
        use = await load_embedder(unit)
    if use is None or use.embedder != chosen:
        for tier in tiers:
            await _give_up(house, tier.tier, agency_id, chosen)
            while await _make_next(house, embedders, tier, agency_id, hold):
                pass  # rows that came in behind the last look
        async with house.app.unit(agency_id) as unit:
            await switch(unit, chosen, embedders.model)
        embedders.look_again(agency_id)
        return False
    if use.previous is None:
        return True
    if use.since_s < SETTLE_S:
        return False
    await settle_embedder(house, tiers, agency_id, chosen, use.previous)
    await embedders.put_away()
    return True


async def settle_embedder(house: House, tiers: list[TierIndexes], agency_id: UUID, chosen: str, previous: str) -> None:
    """Put the new vectors in the place of the old ones, and remove the old indexes where no agency needs them."""
    for tier in tiers:
        after: tuple[UUID, UUID] | None = (FIRST, FIRST)
        while after is not None:
            async with house.app.unit(agency_id) as unit:
                after = await settle(unit, tier.tier, chosen, after, SETTLING)
        await _give_up(house, tier.tier, agency_id, chosen)
    async with house.app.unit(agency_id) as unit:
        await settled(unit, chosen)
    if previous not in await embedders_in_use(house.sweep):
        for tier in tiers:
            if old := tier.of(previous):
                await old.drop()


async def _make_next(
    house: House, embedders: Embedders, tier: TierIndexes, agency_id: UUID, hold: Callable[[], Awaitable[bool]]
) -> int:
    """Go once through the rows without a new vector; return how many there were."""
    chosen, index = embedders.chosen, tier.of(embedders.chosen.name)
    after, done = (FIRST, FIRST), 0
    while True:
        async with house.app.unit(agency_id) as unit:
            rows = await list_unchanged(unit, tier.tier, chosen.name, after, BATCH)
        if not rows:
            return done
        made = await embed_rows(chosen, tier.tier, rows)
        if index is not None:  # first: a vector in the row says that the index has it
            vectors = dict(made)
            await index.upsert([IndexItem(row.id, vectors[row.id], scope_of(agency_id, row)) for row in rows])
        async with house.app.unit(agency_id) as unit:
            await set_next(unit, tier.tier, chosen.name, made)
        await hold()
        after, done = (rows[-1].fan_id, rows[-1].id), done + len(rows)


async def _give_up(house: House, tier: Tier, agency_id: UUID, chosen: str) -> None:
    given_up = SETTLING
    while given_up == SETTLING:
        async with house.app.unit(agency_id) as unit:
            given_up = await give_up(unit, tier, chosen, SETTLING)
