"""Chroma as a vector index, in shards by fan: ids, vectors and scope ids, never a word of text.

It may be lost and is then filled anew. One process at a time should write (`memory.indexing` sees to it): a shard that is split
while another writes into it loses what was written, until `muse memory verify` or recall notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from core.errors import NotFound, Unavailable
from core.ports import IndexHit, IndexItem
from memory.chroma import BATCH, PATIENCE_S, ChromaServer, find_hits, put_items, read_items
from memory.shards import FULL, PAGE, Shards

if TYPE_CHECKING:
    from chromadb.api.models.AsyncCollection import AsyncCollection

WRITING_S = 60.0
"""Patience of a job that writes, which nobody waits for."""

AT_ONCE = 4
"""Shards that are asked or written at once; more only wait for each other in the server."""

T = TypeVar("T")
R = TypeVar("R")


class ChromaIndex:
    """One tier on a Chroma server, by cosine, as one embedder sees it. It is connected to and made when first needed."""

    name = "chroma"

    def __init__(self, url: str, collection: str, patience_s: float = PATIENCE_S, full: int = FULL) -> None:
        """Name server and first collection; a call takes at most `patience_s` seconds, a shard holds `full` vectors.

        Raises `SettingInvalid`.
        """
        self._server = ChromaServer(url, patience_s)
        self._shards = Shards(self._server, collection, full)
        self._collection_name = collection

    async def warm(self) -> None:
        """Connect and touch every shard, so that no fan waits for the first touch of theirs. Raises `Unavailable`."""
        await self._shards.look()

        async def touch(shard: AsyncCollection) -> None:
            async with self._server.asking():
                one = await shard.get(limit=1, include=["embeddings"])
                if one["embeddings"] is not None and len(one["embeddings"]):
                    await shard.query(query_embeddings=one["embeddings"], n_results=1, include=[])

        await self._each(await self._shards.all(), touch)

    async def upsert(self, items: Sequence[IndexItem]) -> None:
        """Write or replace items. Raises `Unavailable`, and `BadInput` for vectors of another length."""
        if items:
            await self._ask(lambda: self._put(items))

    async def _put(self, items: Sequence[IndexItem]) -> None:
        await self._shards.tidy()
        shards: dict[str, tuple[AsyncCollection, list[IndexItem]]] = {}
        for item in items:
            shard = await self._shards.of_fan(item.scope["fan_id"])
            shards.setdefault(shard.name, (shard, []))[1].append(item)

        async def put(target: tuple[AsyncCollection, list[IndexItem]]) -> None:
            shard, own = target
            for start in range(0, len(own), BATCH):
                async with self._server.asking(WRITING_S):
                    await put_items(shard, own[start : start + BATCH])

        await self._each(list(shards.values()), put)
        for shard, _ in shards.values():
            await self._shards.relieve(shard)

    async def query(self, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
        """Return at most `k` hits whose scope matches all of `scope`, best first. Raises `Unavailable`, `BadInput`.

        A scope without a fan asks every shard: for jobs, not for turns.
        """

        async def ask(shard: AsyncCollection) -> list[IndexHit]:
            async with self._server.asking():
                return await find_hits(shard, vector, scope, k)

        async def one() -> list[IndexHit]:
            return await ask(await self._shards.of_fan(scope["fan_id"]))

        async def everywhere() -> list[IndexHit]:
            found = await self._each(await self._shards.all(), ask)
            return sorted((hit for hits in found for hit in hits), key=lambda hit: -hit.similarity)[:k]

        return await self._ask(one if "fan_id" in scope else everywhere)

    async def delete(self, ids: Sequence[UUID]) -> None:
        """Forget items, wherever they lie; unknown ids are ignored. Raises `Unavailable`."""
        if not ids:
            return
        names = [str(id_) for id_ in ids]

        async def drop(shard: AsyncCollection) -> None:
            for start in range(0, len(names), BATCH):
                async with self._server.asking():  # reading is cheap, and most shards hold none of them
                    held = (await shard.get(ids=names[start : start + BATCH], include=[]))["ids"]
                    if held:
                        await shard.delete(ids=held)

        async def everywhere() -> None:
            await self._each(await self._shards.all(), drop)

        await self._ask(everywhere)

    async def read(self) -> AsyncIterator[list[IndexItem]]:
        """Give everything that is held, a page at a time. Raises `Unavailable`."""
        await self._shards.look()
        for shard in await self._shards.all():
            offset = 0
            while True:
                async with self._server.asking():
                    page = await read_items(shard, offset, PAGE)
                if not page:
                    break
                yield page
                offset += PAGE

    async def expect(self, count: int) -> None:
        """Make room for so many vectors before they come, where there are none yet. Raises `Unavailable`."""
        await self._shards.expect(count)

    async def drop(self) -> None:
        """Remove the whole index from the server. Raises `Unavailable`."""
        await self._shards.drop()

    async def count_shards(self) -> int:
        """Return how many shards there are."""
        return len(await self._shards.all())

    async def close(self) -> None:
        """Close connections."""
        self._shards.forget()
        await self._server.close()

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call, and once more after a look when a shard is gone: it was split meanwhile, or the server lost it."""
        for again in (True, False):
            try:
                return await call()
            except NotFound:
                self._shards.forget()
                if not again:
                    raise Unavailable("Chroma's shards change too fast.") from None
            except Unavailable:
                self._shards.forget()
                raise
        raise AssertionError("two tries end above")

    async def _each(self, things: Iterable[T], call: Callable[[T], Awaitable[R]]) -> list[R]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(thing: T) -> R:
            async with gate:
                return await call(thing)

        done = await asyncio.gather(*(one(thing) for thing in things), return_exceptions=True)
        for found in done:
            if isinstance(found, BaseException):
                raise found
        return [found for found in done if not isinstance(found, BaseException)]
