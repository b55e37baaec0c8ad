"""How an index in Chroma grows: a full shard becomes two, nothing is lost on the way, and one fan alone is left together."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from cli.stack.servers import Servers
from core.ids import new_id
from core.ports import IndexItem
from memory.chroma import ChromaServer
from memory.index_chroma import ChromaIndex
from memory.shards import FILLING, Shards, bits_of

MOST = 0.9
FULL = 30


@pytest.fixture
async def index(servers: Servers) -> AsyncIterator[ChromaIndex]:
    index = ChromaIndex(servers.chroma_url, f"muse_episodes_{new_id().hex}", full=FULL)
    yield index
    await index.drop()
    await index.close()


def scope(fan: UUID) -> dict[str, str]:
    return {"agency_id": "a", "influencer_id": "i", "fan_id": str(fan)}


def make(fans: list[UUID], each: int) -> list[IndexItem]:
    chance = random.Random(3)
    return [IndexItem(new_id(), [chance.gauss(0, 1) for _ in range(8)], scope(fan)) for fan in fans for _ in range(each)]


async def fans_of(index: ChromaIndex) -> dict[UUID, str]:
    return {item.id: item.scope["fan_id"] async for page in index.read() for item in page}


async def test_full_shards_are_split_and_everybody_keeps_their_own(index: ChromaIndex) -> None:
    fans = [UUID(int=n) for n in range(1, 21)]
    held = make(fans, 10)
    for start in range(0, len(held), 50):
        await index.upsert(held[start : start + 50])
    assert await index.count_shards() >= len(held) / FULL
    assert await fans_of(index) == {item.id: item.scope["fan_id"] for item in held}
    for fan in fans:
        own = {item.id for item in held if item.scope == scope(fan)}
        found = {hit.id for hit in await index.query(held[0].vector, scope(fan), 99)}
        assert found <= own
        assert len(found) >= MOST * len(own), "Chroma's graph may miss one; what lies there was counted above"


async def test_who_did_not_see_the_split_finds_the_halves(servers: Servers, index: ChromaIndex) -> None:
    fans = [UUID(int=n) for n in range(1, 9)]
    first, more = make(fans, 1), make(fans, 9)
    await index.upsert(first)
    reader = ChromaIndex(servers.chroma_url, index._collection_name, full=FULL)
    assert len(await reader.query(first[0].vector, scope(fans[0]), 99)) == 1
    await index.upsert(more)
    assert await index.count_shards() > 1
    assert len(await reader.query(first[0].vector, scope(fans[0]), 99)) >= MOST * 10
    everything = await reader.query(first[0].vector, {"agency_id": "a"}, 500)
    assert len(everything) >= MOST * (len(first) + len(more)), "a scope without a fan"


async def test_one_fan_alone_is_not_split_again_and_again(index: ChromaIndex) -> None:
    await index.upsert(make([UUID(int=1)], 3 * FULL))
    assert await index.count_shards() == 1
    await index.upsert(make([UUID(int=n) for n in range(2, 22)], 2))
    assert await index.count_shards() > 1


async def test_a_split_that_was_cut_off_is_begun_anew(servers: Servers, index: ChromaIndex) -> None:
    server = ChromaServer(servers.chroma_url)
    shards = Shards(server, index._collection_name, FULL)
    fans = [UUID(int=n) for n in range(1, 9)]
    held = make(fans, 3)
    await index.upsert(held)
    gone = next(item for item in held if bits_of(item.scope["fan_id"]).startswith("0"))
    async with server.asking() as client:
        half = await shards._open(client, "0", FILLING)
        await half.upsert(ids=[str(gone.id)], embeddings=[gone.vector], metadatas=[dict(gone.scope)])
    await index.delete([gone.id])
    assert gone.id not in await fans_of(index), "what is being filled is not asked"
    more = make(fans, 3)
    await index.upsert(more)
    assert await index.count_shards() > 1
    assert set(await fans_of(index)) == {item.id for item in held + more} - {gone.id}


async def test_a_split_that_ended_before_the_full_one_went_is_tidied(servers: Servers, index: ChromaIndex) -> None:
    fans = [UUID(int=n) for n in range(1, 9)]
    held = make(fans, 3)
    await index.upsert(held)
    server = ChromaServer(servers.chroma_url)
    shards = Shards(server, index._collection_name, FULL)
    await shards.look()
    async with server.asking() as client:
        for bits in "01":
            half = await shards._half(client, await shards.of_fan(str(fans[0])), bits)
            await half.modify(metadata={"state": "ready"})
    await index.warm()
    assert await index.count_shards() == 2
    assert len(await fans_of(index)) == len(held), "the full one is still there, and not counted twice"
    await index.delete([held[0].id])
    await index.upsert(held[1:2])
    assert set(await fans_of(index)) == {item.id for item in held[1:]}


async def test_a_shard_that_was_lost_is_made_anew(servers: Servers, index: ChromaIndex) -> None:
    fans = [UUID(int=n) for n in range(1, 21)]
    held = make(fans, 10)
    await index.upsert(held)
    shards = await index._shards.all()
    lost = shards[0].name
    async with ChromaServer(servers.chroma_url).asking() as client:
        await client.delete_collection(lost)
    await index.upsert(held)
    assert set(await fans_of(index)) == {item.id for item in held}
