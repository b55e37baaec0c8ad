"""Exact search over the vectors that lie with the rows themselves: truth and index in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.ports import IndexHit, IndexItem
from storage.database import Database
from storage.facts import Whose
from storage.vectors import Tier, drop_embeddings, find_nearest, set_embeddings


class ExactIndex:
    """The facts or episodes of one agency in Postgres, as one embedder sees them. Scopes name `influencer_id` and `fan_id`."""

    name = "postgres"

    def __init__(self, database: Database, agency_id: UUID, embedder: str, tier: Tier = "facts") -> None:
        """Search inside an agency; row security keeps others out."""
        self._database = database
        self._agency_id = agency_id
        self._embedder = embedder
        self._tier: Tier = tier

    async def upsert(self, items: Sequence[IndexItem]) -> None:
        """Write vectors to their rows; an id without a row is ignored. Raises `Unavailable`."""
        async with self._database.unit(self._agency_id) as unit:
            await set_embeddings(unit, self._tier, self._embedder, [(item.id, item.vector) for item in items])

    async def query(self, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
        """Return at most `k` hits of a fan that hold now, best first. Raises `Unavailable`."""
        if scope.get("agency_id", str(self._agency_id)) != str(self._agency_id):
            return []
        whose = Whose(UUID(scope["fan_id"]), UUID(scope["influencer_id"]))
        async with self._database.unit(self._agency_id) as unit:
            found = await find_nearest(unit, self._tier, whose, self._embedder, vector, k)
        return [IndexHit(row.id, row.similarity) for row in found]

    async def delete(self, ids: Sequence[UUID]) -> None:
        """Forget vectors; unknown ids are ignored. Raises `Unavailable`."""
        async with self._database.unit(self._agency_id) as unit:
            await drop_embeddings(unit, self._tier, ids)
