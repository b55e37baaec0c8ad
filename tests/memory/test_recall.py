"""Told in one conversation, recalled in the next; and what happens when a part is away."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from core.errors import Unavailable
from core.ports import IndexHit, IndexItem
from core.recall import RecalledFact
from memory.embedder import SentenceEmbedder
from memory.extraction import RuleExtractor
from memory.index_chroma import ChromaIndex
from memory.indexing import index_facts
from memory.recall import MemoryRecall
from memory.tiers import open_tier
from storage.facts import list_unindexed
from storage.house import House
from storage.sweep import agencies_with_unindexed_facts
from tests.memory.world import Chat, WordEmbedder, asking, fact, known, said, tell

REX = fact("pet", "dog", "The fan has a dog called Rex.")
NURSE = fact("work", "job", "The fan works as a nurse.")
RAMEN = fact("favourite", "food", "The fan's favourite food is ramen.")


class BrokenIndex:
    """Stands in for a Chroma that is away, or answers too late, or has lost what it held."""

    name = "broken"

    def __init__(self, delay_s: float = 0.0, error: Exception | None = None) -> None:
        self.delay_s, self.error, self.asked = delay_s, error, 0
        self.held: dict[UUID, IndexItem] = {}

    async def upsert(self, items: Sequence[IndexItem]) -> None:
        self.held |= {item.id: item for item in items}

    async def query(self, vector: Sequence[float], scope: Mapping[str, str], k: int) -> list[IndexHit]:
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        if self.error:
            raise self.error
        return [IndexHit(id_, sum(a * b for a, b in zip(vector, i.vector, strict=True))) for id_, i in self.held.items()][:k]

    async def delete(self, ids: Sequence[UUID]) -> None:
        for id_ in ids:
            self.held.pop(id_, None)


async def ask(recall: MemoryRecall, chat: Chat, text: str, k: int = 5) -> list[RecalledFact]:
    return list((await recall(asking(chat, text, most_facts=k))).facts)


def renewed(*facts):  # type: ignore[no-untyped-def]  # facts with fresh ids
    return [fact(f.kind, f.subject, f.text) for f in facts]


both_ways = pytest.mark.parametrize("way", ["exact", "vector"])


@both_ways
async def test_a_fact_told_is_recalled_by_meaning(
    house: House,
    chat: Chat,
    minilm: SentenceEmbedder,
    servers,  # type: ignore[no-untyped-def]  # a fixture's type
    way: str,
) -> None:
    index = open_tier("facts", "chroma", servers.chroma_url).of(minilm.name)
    assert index is not None
    recall = MemoryRecall(house.app, minilm, index if way == "vector" else None, deadline_s=2.0)
    await tell(house, chat, *renewed(REX, NURSE, RAMEN, fact("place", "home", "The fan lives in Hamburg.")))
    first = await ask(recall, chat, "hey, what was my dog's name again?")
    assert (first[0].text, first[0].why) == (REX.text, "waiting")
    assert await index_facts(house, minilm, index, chat.account.agency_id) == 4
    later = await ask(recall, chat, "hey, what was my dog's name again?")
    assert (later[0].text, later[0].why) == (REX.text, way)
    for question, answer in {
        "do you remember what i do for a living?": NURSE.text,
        "guess what i had for dinner, my favourite!": RAMEN.text,
        "where do i live?": "The fan lives in Hamburg.",
        "any idea how my pup is called?": REX.text,
    }.items():
        assert (await ask(recall, chat, question))[0].text == answer, question
    for idle in ("lol", "good morning", "what is the capital of france?", "how are you today?"):
        assert await ask(recall, chat, idle) == [], idle
    await index.close()


@both_ways
async def test_who_is_asked_about_is_answered_about(
    house: House,
    chat: Chat,
    minilm: SentenceEmbedder,
    servers,  # type: ignore[no-untyped-def]  # a fixture's type
    way: str,
) -> None:
    index = open_tier("facts", "chroma", servers.chroma_url).of(minilm.name)
    assert index is not None
    recall = MemoryRecall(house.app, minilm, index if way == "vector" else None, deadline_s=2.0)
    told = [
        "I'm Tom, nice to meet you :)",
        "my wife is called Eva",
        "I work as a nurse at the St. Mary hospital",
        "I drive a red Fiat",
        "my wedding is in June",
        "my dog is called Rex",
    ]
    await tell(house, chat, *await RuleExtractor().extract([said(text) for text in told]))
    await index_facts(house, minilm, index, chat.account.agency_id)
    for question, answer in {
        "what is my wife's name?": "The fan has a partner called Eva.",
        "what's my husband called?": "The fan has a partner called Eva.",
        "where do I work?": "The fan works as a nurse at the St Mary hospital.",
        "what car do I drive?": "The fan drives a red Fiat.",
        "when is my wedding?": "The fan has a wedding in June 2026.",
        "what's my name?": "The fan's name is Tom.",
        "what's my dog called?": REX.text,
    }.items():
        assert (await ask(recall, chat, question))[0].text == answer, question
    assert await ask(recall, chat, "what's my brother's name?") == []
    await index.close()


@both_ways
async def test_a_superseded_fact_drops_out_at_once(
    house: House, chat: Chat, words: WordEmbedder, chroma: ChromaIndex, way: str
) -> None:
    recall = MemoryRecall(house.app, words, chroma if way == "vector" else None, deadline_s=2.0)
    await tell(house, chat, *renewed(REX))
    await index_facts(house, words, chroma, chat.account.agency_id)
    await tell(house, chat, fact("pet", "dog", "The fan has a dog called Max."))
    assert [f.text for f in await ask(recall, chat, "a dog called")] == ["The fan has a dog called Max."]
    assert await index_facts(house, words, chroma, chat.account.agency_id) == 2
    assert [f.text for f in await ask(recall, chat, "a dog called")] == ["The fan has a dog called Max."]


@pytest.mark.parametrize("index", [BrokenIndex(error=Unavailable("away")), BrokenIndex(delay_s=0.3)], ids=["away", "late"])
async def test_without_the_index_the_rows_are_searched(
    house: House, chat: Chat, words: WordEmbedder, index: BrokenIndex
) -> None:
    await tell(house, chat, *renewed(REX, NURSE))
    await index_facts(house, words, index, chat.account.agency_id)
    began = asyncio.get_running_loop().time()
    found = await ask(MemoryRecall(house.app, words, index), chat, "a dog called what")
    assert (found[0].text, found[0].why) == (REX.text, "exact")
    assert asyncio.get_running_loop().time() - began < 0.25


async def test_a_slow_index_is_not_piled_up_on(house: House, chat: Chat, words: WordEmbedder) -> None:
    index = BrokenIndex(delay_s=0.5)
    recall = MemoryRecall(house.app, words, index, deadline_s=0.001)
    await asyncio.gather(*(ask(recall, chat, "a dog") for _ in range(20)))
    assert index.asked == 8
    await asyncio.sleep(0.6)
    await ask(recall, chat, "a dog")
    assert index.asked == 9


async def test_an_index_that_lost_its_vectors_is_filled_anew(house: House, chat: Chat, words: WordEmbedder) -> None:
    index = BrokenIndex()
    await tell(house, chat, *renewed(REX, NURSE))
    await index_facts(house, words, index, chat.account.agency_id)
    index.held.clear()
    recall = MemoryRecall(house.app, words, index, deadline_s=2.0)
    assert (await ask(recall, chat, "a dog called what"))[0].why == "exact"
    assert chat.account.agency_id in await agencies_with_unindexed_facts(house.sweep)
    calls = words.calls
    assert await index_facts(house, words, index, chat.account.agency_id) == 2
    assert words.calls == calls, "the vectors lie in the rows: nothing is embedded again"
    assert (await ask(recall, chat, "a dog called what"))[0].why == "vector"


async def test_without_the_embedder_words_are_searched(
    house: House, chat: Chat, words: WordEmbedder, chroma: ChromaIndex
) -> None:
    await tell(house, chat, *renewed(REX, NURSE))
    words.away = True
    recall = MemoryRecall(house.app, words, chroma)
    assert [(f.text, f.why) for f in await ask(recall, chat, "whats my DOG's name?")] == [(REX.text, "fulltext")]
    assert [f.text for f in await ask(recall, chat, "am i working as a nurse'); drop table facts;")] == [NURSE.text]
    assert await ask(recall, chat, "are you a fan of the the?") == []


async def test_another_embedder_finds_the_facts_again(house: House, chat: Chat, words: WordEmbedder) -> None:
    await tell(house, chat, *renewed(REX))
    old = BrokenIndex()
    await index_facts(house, words, old, chat.account.agency_id)
    other = WordEmbedder()
    other.name = "other"
    found = await ask(MemoryRecall(house.app, other, BrokenIndex(), deadline_s=2.0), chat, "a dog called")
    assert (found[0].text, found[0].why) == (REX.text, "waiting")


async def test_everything_known_comes_by_weight(house: House, chat: Chat, words: WordEmbedder, chroma: ChromaIndex) -> None:
    await tell(house, chat, *renewed(REX), fact("name", "fan", "The fan's name is Max.", importance=0.95))
    found = await ask(MemoryRecall(house.app, words, chroma), chat, "so what do you know about me?", k=1)
    assert [(f.text, f.why) for f in found] == [("The fan's name is Max.", "everything")]


async def test_k_bounds_and_empty_asks_nothing(house: House, chat: Chat, words: WordEmbedder, chroma: ChromaIndex) -> None:
    await tell(house, chat, *(fact("like", f"red {n}", f"red thing {n}") for n in range(6)))
    recall = MemoryRecall(house.app, words, chroma)
    assert len(await ask(recall, chat, "red thing", k=3)) == 3
    assert await ask(recall, chat, "   ") == []
    assert await ask(recall, chat, "red", k=0) == []


async def test_a_half_done_run_loses_no_vectors(house: House, chat: Chat, words: WordEmbedder) -> None:
    class Away(BrokenIndex):
        async def upsert(self, items: Sequence[IndexItem]) -> None:
            raise Unavailable("Chroma does not answer.")

    await tell(house, chat, *renewed(REX))
    with pytest.raises(Unavailable):
        await index_facts(house, words, Away(), chat.account.agency_id)
    async with house.app.unit(chat.account.agency_id) as unit:
        (waiting,) = await list_unindexed(unit, words.name, 5)
    assert waiting.embedding is not None
    assert len(await known(house, chat)) == 1
    assert await index_facts(house, words, BrokenIndex(), chat.account.agency_id) == 1
    assert await index_facts(house, words, BrokenIndex(), chat.account.agency_id) == 0


async def test_an_embedder_that_fails_half_way_leaves_the_words(house: House, chat: Chat) -> None:
    class OnceOnly(WordEmbedder):
        async def embed(self, texts: Sequence[str]) -> list[list[float]]:
            self.away = self.calls > 0
            return await super().embed(texts)

    await tell(house, chat, *renewed(REX))
    found = await MemoryRecall(house.app, OnceOnly(), None)(asking(chat, "a dog called what?", most_episodes=0))
    assert [(one.text, one.why) for one in found.facts] == [(REX.text, "waiting")]
    assert found.marks == ("without meaning",)
