"""The two tiers of memory, facts and episodes, each searched where its setting says: exactly in the rows, or in Chroma."""

from __future__ import annotations

from collections.abc import Sequence

from core.ports import VectorIndex
from memory.chroma import collection_name
from memory.embedders import Embedders
from memory.index_chroma import ChromaIndex
from storage.vectors import Tier


class TierIndexes:
    """A tier's indexes, one for each embedder that is in use. Without a server its rows are searched, and there is none."""

    def __init__(self, tier: Tier, url: str | None) -> None:
        """Name the tier and Chroma's address; none: the tier is searched exactly."""
        self.tier: Tier = tier
        self._url = url
        self._open: dict[str, ChromaIndex] = {}

    def of(self, embedder: str) -> ChromaIndex | None:
        """Return the index of what one embedder made; none where the rows are searched. Raises `SettingInvalid`."""
        if self._url is None:
            return None
        if embedder not in self._open:
            self._open[embedder] = ChromaIndex(self._url, collection_name(self.tier, embedder))
        return self._open[embedder]

    async def close(self) -> None:
        """Close connections."""
        for index in self._open.values():
            await index.close()


def index_of(index: VectorIndex | TierIndexes | None, embedder: str) -> VectorIndex | None:
    """Return the index of one embedder's vectors, of a tier's or as it was given."""
    return index.of(embedder) if isinstance(index, TierIndexes) else index


def open_tier(tier: Tier, where: str, chroma_url: str) -> TierIndexes:
    """Return a tier as its setting says: `exact` or `chroma`."""
    return TierIndexes(tier, chroma_url if where == "chroma" else None)


async def warm_tiers(embedders: Embedders, tiers: Sequence[TierIndexes]) -> None:
    """Touch what the chosen embedder's indexes hold, so that no fan waits for the first touch. Raises `Unavailable`."""
    for tier in tiers:
        if index := tier.of(embedders.chosen.name):
            await index.warm()
