"""The ports of thinking, remembering and keeping: what one room needs of another, joined in the composition roots.

Those of platforms stand in `platforms.py`, those of the studio in `pictures.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from core.nouns import Message, TurnInput
from core.recall import Asked, Recalled
from core.turns import Outcome, RememberFact


class Embedder(Protocol):
    """Text to unit vectors."""

    name: str
    dimensions: int

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text. Raises `Unavailable`."""
        ...


class IndexItem(Struct, frozen=True):
    """One vector with the ids it may be filtered by; never text."""

    id: UUID
    vector: list[float]
    scope: Mapping[str, str]


class IndexHit(Struct, frozen=True):
    """A found id; `similarity` is the cosine, in -1..1."""

    id: UUID
    similarity: float


class VectorIndex(Protocol):
    """Nearest neighbours within a scope. Rows in Postgres are the truth; an index may lag or be lost."""

    name: str

    async def upsert(self, items: Sequence[IndexItem]) -> None:
        """Write or replace items. Raises `Unavailable`."""
        ...

    async def query(self, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
        """Return at most `k` hits whose scope matches all of `scope`, best first. Raises `Unavailable`."""
        ...

    async def delete(self, ids: Sequence[UUID]) -> None:
        """Forget items; unknown ids are ignored. Raises `Unavailable`."""
        ...


class FactExtractor(Protocol):
    """Finds what is worth keeping in what a fan said."""

    async def extract(self, messages: Sequence[Message]) -> list[RememberFact]:
        """Return candidate facts, possibly none. Raises `Busy` when as many are asked already as may be."""
        ...


class Summariser(Protocol):
    """Tells in few words what was said."""

    name: str

    async def summarise(self, before: str, messages: Sequence[Message]) -> str:
        """Return a summary of `before` and what was said since; empty when there is nothing to tell.

        Raises `Busy` when one should come back later, `Unavailable` and its like when nobody can be asked, `BadInput` for an
        answer that makes no sense.
        """
        ...


class Recall(Protocol):
    """What an influencer knows of a fan that bears on a burst."""

    async def __call__(self, asked: Asked) -> Recalled:
        """Return profile, facts and episodes, best first; a way of finding that is away is marked. Raises `Unavailable`."""
        ...


class Thinker(Protocol):
    """Thinks one turn: a function from the ledger to effects."""

    async def think(self, turn: TurnInput, refusals: Sequence[str] = ()) -> Outcome:
        """Return verdict, effects and trace. `refusals` are effects that the last try of this turn staged in vain."""
        ...


class Blobs(Protocol):
    """Private files by key."""

    async def put(self, key: str, data: bytes, mime: str) -> None:
        """Store a file; the same key is replaced."""
        ...

    async def put_new(self, key: str, data: bytes, mime: str) -> bool:
        """Store a file unless the key has one; false when it has."""
        ...

    async def get(self, key: str) -> bytes:
        """Read a file. Raises `NotFound`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file; an unknown key is ignored."""
        ...

    async def close(self) -> None:
        """Close connections, where there are any."""
        ...
