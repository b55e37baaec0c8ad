"""One contract over both implementations of `VectorIndex`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID

import pytest

from cli.stack.servers import Servers
from core.errors import BadInput, SettingInvalid, Unavailable
from core.ids import new_id
from core.nouns import Account
from core.ports import IndexItem, VectorIndex
from memory.chroma import collection_name
from memory.index_chroma import ChromaIndex
from memory.index_exact import ExactIndex
from memory.tiers import open_tier
from storage.house import House
from storage.vectors import Tier, list_unindexed
from tests.conftest import Agency, make_agency
from tests.memory.lived import live_through
from tests.memory.world import Chat, WordEmbedder, fact, open_chat, tell


@pytest.fixture(params=["facts", "episodes"])
def tier(request: pytest.FixtureRequest) -> Tier:
    return cast(Tier, request.param)


@pytest.fixture(params=["chroma", "postgres"])
async def index(
    request: pytest.FixtureRequest, house: House, agency: Agency, servers: Servers, tier: Tier
) -> AsyncIterator[VectorIndex]:
    if request.param == "postgres":
        yield ExactIndex(house.app, agency.id, "words", tier)
        return
    index = ChromaIndex(servers.chroma_url, collection_name(tier, new_id().hex))
    yield index
    await index.drop()
    await index.close()


async def items(house: House, chat: Chat, *texts: str, tier: Tier = "facts") -> dict[str, IndexItem]:
    """Write facts or episodes and return what an index should hold of them."""
    if tier == "facts":
        await tell(house, chat, *(fact("like", text, text) for text in texts))
    else:
        await live_through(house, chat, *texts)
    async with house.app.unit(chat.account.agency_id) as unit:
        rows = await list_unindexed(unit, tier, "words", 100)
    return {row.text: IndexItem(row.id, WordEmbedder().vector(row.text), scope(chat)) for row in rows if row.text in texts}


def scope(chat: Chat) -> dict[str, str]:
    whose = chat.whose
    ids: dict[str, UUID] = {"agency_id": chat.account.agency_id, "influencer_id": whose.influencer_id, "fan_id": whose.fan_id}
    return {name: str(id_) for name, id_ in ids.items()}


async def test_the_nearest_comes_first_and_k_bounds(index: VectorIndex, house: House, chat: Chat, tier: Tier) -> None:
    held = await items(house, chat, "red apple", "red car", "blue sky", tier=tier)
    await index.upsert(list(held.values()))
    hits = await index.query(WordEmbedder().vector("red apple"), scope(chat), 2)
    assert [hit.id for hit in hits] == [held["red apple"].id, held["red car"].id]
    assert hits[0].similarity == pytest.approx(1.0, abs=0.01)
    assert hits[1].similarity == pytest.approx(0.5, abs=0.05)


async def test_a_scope_keeps_fans_apart(index: VectorIndex, house: House, account: Account, chat: Chat, tier: Tier) -> None:
    other = await open_chat(house, account, "8")
    mine, theirs = await items(house, chat, "red apple", tier=tier), await items(house, other, "red apple tree", tier=tier)
    await index.upsert([*mine.values(), *theirs.values()])
    assert [h.id for h in await index.query(WordEmbedder().vector("apple"), scope(chat), 9)] == [mine["red apple"].id]


async def test_writing_again_replaces(index: VectorIndex, house: House, chat: Chat, tier: Tier) -> None:
    held = await items(house, chat, "red apple", tier=tier)
    await index.upsert(list(held.values()))
    moved = [IndexItem(item.id, WordEmbedder().vector("blue sky"), item.scope) for item in held.values()]
    await index.upsert(moved)
    (hit,) = await index.query(WordEmbedder().vector("blue sky"), scope(chat), 9)
    assert hit.similarity == pytest.approx(1.0, abs=0.01)


async def test_what_is_deleted_is_gone_and_unknown_ids_are_ignored(
    index: VectorIndex, house: House, chat: Chat, tier: Tier
) -> None:
    held = await items(house, chat, "red apple", "red car", tier=tier)
    await index.upsert(list(held.values()))
    await index.delete([held["red apple"].id, new_id()])
    assert [h.id for h in await index.query(WordEmbedder().vector("red"), scope(chat), 9)] == [held["red car"].id]
    await index.delete([])


async def test_nothing_is_nothing(index: VectorIndex, chat: Chat) -> None:
    await index.upsert([])
    assert await index.query(WordEmbedder().vector("red"), {**scope(chat), "fan_id": str(new_id())}, 5) == []


async def test_an_agency_cannot_search_anothers_rows(house: House, chat: Chat, database) -> None:  # type: ignore[no-untyped-def]  # a fixture's type
    held = await items(house, chat, "red apple")
    await ExactIndex(house.app, chat.account.agency_id, "words").upsert(list(held.values()))
    stranger = ExactIndex(house.app, (await make_agency(database.owner, "other")).id, "words")
    assert (
        await stranger.query(WordEmbedder().vector("red apple"), {**scope(chat), "agency_id": str(stranger._agency_id)}, 5)
        == []
    )
    assert await stranger.query(WordEmbedder().vector("red apple"), scope(chat), 5) == []


async def test_chroma_away_is_unavailable() -> None:
    index = ChromaIndex("http://127.0.0.1:9", "muse_facts_words", patience_s=2)
    with pytest.raises(Unavailable):
        await index.query([1.0], {"fan_id": "x"}, 1)
    await index.close()


async def test_vectors_of_another_length_are_refused(house: House, chat: Chat, chroma: ChromaIndex) -> None:
    held = await items(house, chat, "red apple")
    await chroma.upsert(list(held.values()))
    with pytest.raises(BadInput):
        await chroma.upsert([IndexItem(new_id(), [1.0, 0.0], scope(chat))])


async def test_a_collection_that_was_lost_is_made_anew(servers: Servers, house: House, chat: Chat) -> None:
    index = ChromaIndex(servers.chroma_url, f"muse_facts_{new_id().hex}")
    held = await items(house, chat, "red apple")
    await index.upsert(list(held.values()))
    other = ChromaIndex(servers.chroma_url, index._collection_name)
    await other.drop()
    assert await index.query(WordEmbedder().vector("red"), scope(chat), 1) == []
    await index.upsert(list(held.values()))
    assert len(await index.query(WordEmbedder().vector("red"), scope(chat), 1)) == 1
    await index.close()


def test_addresses_and_names_are_checked() -> None:
    with pytest.raises(SettingInvalid, match="MUSE_CHROMA_URL"):
        ChromaIndex("127.0.0.1:8000", "muse")
    for tier, name in (("facts", "muse_facts_minilm_l6_v2"), ("episodes", "muse_episodes_minilm_l6_v2")):
        index = open_tier(tier, "chroma", "http://127.0.0.1:1").of("minilm-l6-v2")
        assert index is not None
        assert index._collection_name == name
