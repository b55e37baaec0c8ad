"""Rows and index held against each other: what is missing, dead, misplaced or wrong, and what only waits for the job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.ports import Embedder, IndexItem
from memory.index_chroma import ChromaIndex
from memory.indexing import scope_of
from storage.house import House
from storage.vectors import FIRST, Tier, VectorRow, find_living, list_rows

PAGE = 2000
ALIKE = 0.99
"""Least cosine of a vector in the index to its row's: the row's are rounded to 16 bits."""

UNIT = 0.02


class Verified(Struct, frozen=True):
    """What was found of one agency's tier. Only `waiting` is no fault: the job makes those vectors."""

    tier: Tier
    embedder: str
    rows: int
    waiting: int
    odd: int
    indexed: int | None = None
    missing: int = 0
    dead: int = 0
    misplaced: int = 0
    wrong: int = 0

    @property
    def faults(self) -> int:
        """Return how many rows or vectors are not as they should be."""
        return self.odd + self.missing + self.dead + self.misplaced + self.wrong


class _Held(Struct):
    """What was met in the index."""

    ids: set[UUID]
    dead: int = 0
    misplaced: int = 0
    wrong: int = 0


async def verify(house: House, tier: Tier, embedder: Embedder, index: ChromaIndex | None, agency_id: UUID) -> Verified:
    """Compare an agency's rows with their index; without one, look at the rows' vectors alone. Raises `Unavailable`.

    What is written while it runs may be counted as missing or dead: it is right where nobody writes.
    """
    held = await _read_index(house, tier, embedder, index, agency_id) if index is not None else None
    rows = waiting = odd = missing = 0
    dimensions = embedder.dimensions
    after = (FIRST, FIRST)
    while True:
        async with house.app.unit(agency_id) as unit:
            page = await list_rows(unit, tier, embedder.name, after, PAGE)
        if not page:
            break
        after, rows = (page[-1].fan_id, page[-1].id), rows + len(page)
        for row in page:
            if row.embedding is None or not row.indexed:
                waiting += 1
                continue
            dimensions = dimensions or len(row.embedding)
            odd += _is_odd(row.embedding, dimensions)
            missing += held is not None and row.id not in held.ids
    if held is None:
        return Verified(tier, embedder.name, rows, waiting, odd)
    return Verified(
        tier, embedder.name, rows, waiting, odd, len(held.ids) + held.dead, missing, held.dead, held.misplaced, held.wrong
    )


async def _read_index(house: House, tier: Tier, embedder: Embedder, index: ChromaIndex, agency_id: UUID) -> _Held:
    held = _Held(set())
    async for page in index.read():
        ours = [item for item in page if item.scope.get("agency_id") == str(agency_id)]
        async with house.app.unit(agency_id) as unit:
            living = {row.id: row for row in await find_living(unit, tier, embedder.name, [item.id for item in ours])}
        for item in ours:
            _judge(held, item, living.get(item.id), agency_id)
    return held


def _judge(held: _Held, item: IndexItem, row: VectorRow | None, agency_id: UUID) -> None:
    if row is None:
        held.dead += 1
        return
    if dict(item.scope) != scope_of(agency_id, row):
        held.misplaced += 1  # and the row's own place may be empty
        return
    held.ids.add(item.id)
    held.wrong += row.embedding is None or _cosine(item.vector, row.embedding) < ALIKE


def _is_odd(vector: Sequence[float], dimensions: int) -> bool:
    return len(vector) != dimensions or abs(math.hypot(*vector) - 1.0) > UNIT


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    if len(one) != len(other):
        return 0.0
    return sum(a * b for a, b in zip(one, other, strict=True)) / ((math.hypot(*one) * math.hypot(*other)) or 1.0)
