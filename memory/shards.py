"""In which shard of a Chroma index a fan's vectors lie, and how shards grow: one that is full becomes two.

Shards are the leaves of a binary tree over a hash of the fan: the root is one collection, and a shard that holds more than
`FULL` vectors hands them to two of its own, each with one bit more of the hash. So a question meets about a thousand vectors
however many there are, and growth moves one shard's content at a time. Which shards there are is known from the server alone: a
lost server loses the tree as well, and both grow anew from the rows.

A half is filled first, then called ready, and only when both are, the full one goes: whoever asks it meanwhile still gets all
of it, and finds it gone afterwards. A split that was cut off is begun anew.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.errors import NotFound
from core.ports import IndexItem
from memory.chroma import BATCH, COSINE, ChromaServer, put_items, read_items
from storage.vectors import place_of

if TYPE_CHECKING:
    from chromadb.api.models.AsyncCollection import AsyncCollection

FULL = 1500
"""Vectors at which a shard is split, so that shards hold about a thousand."""

SPARE = 1.25
"""Room that is left in shards which are made for many vectors at once, for fans differ."""

BITS = 31
PAGE = 1000
FILLING = {"state": "filling"}
READY = {"state": "ready"}
SPLIT_S = 60.0


def bits_of(fan_id: str) -> str:
    """Return the bits of a fan's place, as a text of 0 and 1."""
    return f"{place_of(UUID(fan_id)):0{BITS}b}"


class Shards:
    """The shards of one index. Asked for by fan; `look` reads from the server which there are."""

    def __init__(self, server: ChromaServer, stem: str, full: int = FULL) -> None:
        """Name the root's collection; those below are called after it and their bits. `full`: vectors that split a shard."""
        self.stem = stem
        self._full = full
        self._server = server
        self._ready: dict[str, AsyncCollection] = {}
        self._looked = False
        self._deepest = 0
        self._spent: list[AsyncCollection] = []
        self._alone: dict[str, int] = {}  # shards that one fan fills, by the size at which that was seen

    async def of_fan(self, fan_id: str) -> AsyncCollection:
        """Return the shard of a fan. Raises `Unavailable`."""
        await self._know()
        place = bits_of(fan_id)
        for depth in range(self._deepest, -1, -1):
            if found := self._ready.get(place[:depth]):
                return found
        raise NotFound("Chroma's shards are not as they were.")  # the next look sets it right

    async def all(self) -> list[AsyncCollection]:
        """Return every shard that fans' vectors lie in."""
        await self._know()
        spent = {shard.name for shard in self._spent}
        return [shard for shard in self._ready.values() if shard.name not in spent]

    def forget(self) -> None:
        """Look anew before the next answer."""
        self._looked = False

    async def look(self) -> None:
        """Read from the server which shards there are; where there is none, an empty one is made. Raises `Unavailable`."""
        async with self._server.asking(SPLIT_S) as client:
            ready: dict[str, AsyncCollection] = {}
            async for shard in _list(client, self.stem):
                if (shard.metadata or READY).get("state") != "filling":
                    ready[shard.name.partition(".")[2]] = shard
            for bits in _holes(ready, ""):
                ready[bits] = await self._open(client, bits, READY)
        self._spent = [shard for bits, shard in ready.items() if not (_holes(ready, f"{bits}0") or _holes(ready, f"{bits}1"))]
        self._ready, self._deepest, self._looked = ready, max(map(len, ready)), True

    async def tidy(self) -> None:
        """Remove what a split that was cut off has left behind."""
        await self._know()
        if self._spent:
            async with self._server.asking(SPLIT_S) as client:
                for shard in self._spent:
                    await client.delete_collection(shard.name)
            await self.look()

    async def relieve(self, shard: AsyncCollection) -> bool:
        """Split a shard that is full, and its halves as far as they are; say whether it was. One at a time may do this."""
        async with self._server.asking():
            held = await shard.count()
        bits = shard.name.partition(".")[2]
        if held <= self._full or len(bits) >= BITS or held < self._alone.get(bits, 0) + self._full / 3:
            return False
        async with self._server.asking(SPLIT_S) as client:
            if await _others_in(shard) < self._full / 3:
                self._alone[bits] = held
                return False
            halves = [await self._half(client, shard, f"{bits}{bit}") for bit in "01"]
            for half in halves:
                await half.modify(metadata=READY)
            await client.delete_collection(shard.name)
        await self.look()
        for half in halves:
            await self.relieve(half)
        return True

    async def expect(self, count: int) -> None:
        """Make room for many vectors at once, where there are none yet: splits would move each of them several times."""
        await self._know()
        depth = max(0, math.ceil(math.log2(max(1, count) / self._full * SPARE)))
        if set(self._ready) != {""} or depth == 0:
            return
        async with self._server.asking(SPLIT_S) as client:
            if await self._ready[""].count():
                return
            for number in range(2**depth):
                await self._open(client, f"{number:0{depth}b}", READY)
        await self.look()
        await self.tidy()

    async def drop(self) -> None:
        """Remove all shards from the server. Raises `Unavailable`."""
        async with self._server.asking(SPLIT_S) as client:
            for shard in [shard async for shard in _list(client, self.stem)]:
                await client.delete_collection(shard.name)
        self.forget()

    async def _know(self) -> None:
        if not self._looked:
            await self.look()

    async def _half(self, client: Any, full: AsyncCollection, bits: str) -> AsyncCollection:
        if bits in self._ready:
            return self._ready[bits]  # a split that was cut off had come so far
        with suppress(NotFound):
            async with self._server.asking():
                await client.delete_collection(
                    f"{self.stem}.{bits}"
                )  # begun by a split that was cut off: it may hold what is gone
        half = await self._open(client, bits, FILLING)
        offset = 0
        while items := await read_items(full, offset, PAGE):
            for part in _pieces([item for item in items if bits_of(item.scope["fan_id"]).startswith(bits)]):
                await put_items(half, part)
            offset += PAGE
        return half

    async def _open(self, client: Any, bits: str, metadata: dict[str, str]) -> AsyncCollection:
        name = f"{self.stem}.{bits}" if bits else self.stem
        found: AsyncCollection = await client.get_or_create_collection(
            name, configuration=COSINE, metadata=metadata, embedding_function=None
        )
        return found


def _holes(ready: Mapping[str, object], bits: str) -> list[str]:
    """Return below which bits no shard takes a fan's vectors."""
    if bits in ready:
        return []
    if not any(known.startswith(bits) for known in ready):
        return [bits]
    return _holes(ready, f"{bits}0") + _holes(ready, f"{bits}1")


async def _list(client: Any, stem: str) -> AsyncIterator[AsyncCollection]:
    offset = 0
    while page := await client.list_collections(limit=PAGE, offset=offset):
        for found in page:
            if found.name == stem or found.name.startswith(f"{stem}."):
                yield found
        offset += len(page)


async def _others_in(shard: AsyncCollection) -> int:
    """Count the vectors that are not those of the fan with the most: splitting would help only them."""
    fans: Counter[str] = Counter()
    offset = 0
    while scopes := (await shard.get(limit=PAGE, offset=offset, include=["metadatas"]))["metadatas"]:
        fans.update(str(scope["fan_id"]) for scope in scopes)
        offset += PAGE
    return fans.total() - max(fans.values(), default=0)


def _pieces(items: list[IndexItem]) -> Iterator[list[IndexItem]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
