"""Another model takes over: side by side until all is there, gone on with where it was cut off, then the old one is cleared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.stack.servers import Servers
from core.errors import Unavailable
from core.ids import new_id
from memory.embedder import SentenceEmbedder, open_embedder
from memory.embedders import Embedders
from memory.indexing import index_episodes, index_facts
from memory.recall import MemoryRecall
from memory.reembedding import change_embedder, settle_embedder
from memory.tiers import TierIndexes
from storage.embedders import InUse, load_embedder
from storage.facts import Whose
from storage.house import House
from storage.sweep import agencies_with_another_embedder
from storage.vectors import count_held, find_nearest
from tests.memory.lived import live_through
from tests.memory.test_indexes import scope
from tests.memory.tiny_model import DIMENSIONS, make_tiny_model
from tests.memory.world import Chat, WordEmbedder, asking, fact, tell

DOG, JOB = "The fan has a dog called Rex.", "The fan works as a nurse."


class Words(WordEmbedder):
    """The quick stand-in under another name and size, as another model is; it can break after some calls."""

    def __init__(self, name: str, dimensions: int = 64, breaks_after: int = 10_000) -> None:
        super().__init__()
        self.name, self.dimensions, self.breaks_after = name, dimensions, breaks_after

    async def embed(self, texts):  # type: ignore[no-untyped-def]  # as the inner one
        if self.calls >= self.breaks_after:
            raise Unavailable("The machine went off.")
        return await super().embed(texts)

    async def close(self) -> None:
        self.away = True


@pytest.fixture(params=["exact", "chroma"])
async def tiers(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[list[TierIndexes]]:
    url = servers.chroma_url if request.param == "chroma" else None
    made = [TierIndexes("facts", url), TierIndexes("episodes", url)]
    yield made
    for tier in made:
        await tier.close()


@pytest.fixture
def names() -> tuple[str, str]:
    return f"old-{new_id().hex}", f"new-{new_id().hex}"


async def remember(house: House, chat: Chat, embedders: Embedders, tiers: list[TierIndexes]) -> None:
    """Tell two facts and an episode, and index them."""
    await tell(house, chat, fact("pet", "dog", DOG), fact("work", "job", JOB))
    await live_through(house, chat, "we saw the sea")
    await index(house, chat, embedders, tiers)


async def index(house: House, chat: Chat, embedders: Embedders, tiers: list[TierIndexes]) -> None:
    agency_id = chat.account.agency_id
    embedder = await embedders.begin(agency_id)
    await index_facts(house, embedder, tiers[0].of(embedder.name), agency_id)
    await index_episodes(house, embedder, tiers[1].of(embedder.name), agency_id)


async def recalled(
    house: House, chat: Chat, embedders: Embedders, tiers: list[TierIndexes], text: str
) -> list[tuple[str, str]]:
    recall = MemoryRecall(house.app, embedders, tiers[0], deadline_s=5.0)
    found = await recall(asking(chat, text, most_facts=1))
    return [(one.text, one.why) for one in found.facts]


async def in_use(house: House, chat: Chat) -> InUse:
    async with house.app.unit(chat.account.agency_id) as unit:
        use = await load_embedder(unit)
    assert use is not None
    return use


async def test_recall_goes_by_the_old_vectors_until_all_new_ones_are_there(
    house: House, chat: Chat, tiers: list[TierIndexes], names: tuple[str, str]
) -> None:
    agency_id, way = chat.account.agency_id, "exact" if tiers[0].of("x") is None else "vector"
    old = Words(names[0])
    await remember(house, chat, Embedders(house.app, old, "old"), tiers)
    broken = Words(names[1], 48, breaks_after=1)
    embedders = Embedders(house.app, broken, "new", lambda model: old)
    assert await agencies_with_another_embedder(house.sweep, names[1]) == [agency_id]
    with pytest.raises(Unavailable):
        await change_embedder(house, embedders, tiers, agency_id)
    assert (await in_use(house, chat)).embedder == old.name
    assert await recalled(house, chat, embedders, tiers, "a dog called what") == [(DOG, way)], "cut off between the two tiers"

    new = Words(names[1], 48)
    embedders = Embedders(house.app, new, "new", lambda model: old)
    await tell(house, chat, fact("like", "tea", "The fan likes green tea."))
    await index(house, chat, embedders, tiers)
    assert not await change_embedder(house, embedders, tiers, agency_id)
    assert new.calls == 2, "the fact that came in between and the episode; the two facts are done"
    use = await in_use(house, chat)
    assert (use.embedder, use.model, use.previous) == (new.name, "new", old.name)
    assert await recalled(house, chat, embedders, tiers, "a dog called what") == [(DOG, way)]
    assert await recalled(house, chat, embedders, tiers, "likes green tea") == [("The fan likes green tea.", way)]
    other = Embedders(house.app, old, "old")
    other._known.clear()
    assert (await embedders.of(agency_id)).name == new.name

    await settle_embedder(house, tiers, agency_id, new.name, old.name)
    assert (await in_use(house, chat)).previous is None
    assert await recalled(house, chat, embedders, tiers, "a dog called what") == [(DOG, way)]
    for tier in tiers:
        async with house.app.unit(agency_id) as unit:
            assert (await count_held(unit, tier.tier, new.name)).bare == 0
            assert (await count_held(unit, tier.tier, old.name)).bare > 0, "the old vectors are gone"
        if before := tier.of(old.name):
            assert await before.query([1.0] * 64, scope(chat), 5) == [], "and so is their index"
    assert await change_embedder(house, embedders, tiers, agency_id)
    assert await agencies_with_another_embedder(house.sweep, new.name) == []


async def test_who_still_goes_by_the_old_one_after_the_switch_finds_it_all(
    house: House, chat: Chat, tiers: list[TierIndexes], names: tuple[str, str]
) -> None:
    old, new = Words(names[0]), Words(names[1], 48)
    slow = Embedders(house.app, old, "old")
    await remember(house, chat, slow, tiers)
    await slow.of(chat.account.agency_id)
    await change_embedder(house, Embedders(house.app, new, "new", lambda model: old), tiers, chat.account.agency_id)
    assert [text for text, _ in await recalled(house, chat, slow, tiers, "a dog called what")] == [DOG]
    whose = Whose(chat.whose.fan_id, chat.whose.influencer_id)
    async with house.app.unit(chat.account.agency_id) as unit:
        for embedder in (old, new):
            for tier in ("facts", "episodes"):
                assert await find_nearest(unit, tier, whose, embedder.name, embedder.vector("the sea"), 9)  # type: ignore[arg-type]  # a tier


async def test_back_to_the_old_one_half_way_costs_nothing(
    house: House, chat: Chat, tiers: list[TierIndexes], names: tuple[str, str]
) -> None:
    old = Words(names[0])
    await remember(house, chat, Embedders(house.app, old, "old"), tiers)
    broken = Embedders(house.app, Words(names[1], 48, breaks_after=1), "new", lambda model: old)
    with pytest.raises(Unavailable):
        await change_embedder(house, broken, tiers, chat.account.agency_id)
    calls = old.calls
    assert await change_embedder(house, Embedders(house.app, old, "old"), tiers, chat.account.agency_id)
    assert old.calls == calls
    third = Words(f"third-{new_id().hex}", 16)
    assert not await change_embedder(
        house, Embedders(house.app, third, "third", lambda model: old), tiers, chat.account.agency_id
    )
    assert (await in_use(house, chat)).embedder == third.name


async def test_an_old_model_that_is_gone_leaves_words_until_the_new_one_is_done(
    house: House, chat: Chat, names: tuple[str, str]
) -> None:
    tiers = [TierIndexes("facts", None), TierIndexes("episodes", None)]
    await remember(house, chat, Embedders(house.app, Words(names[0]), "old"), tiers)
    new = Words(names[1], 48)
    embedders = Embedders(house.app, new, "new", lambda model: Words("not the one that made them"))
    assert (await embedders.of(chat.account.agency_id)).name == new.name
    assert [text for text, _ in await recalled(house, chat, embedders, tiers, "a dog called what")] == [DOG]


async def test_two_real_models_of_other_sizes(
    house: House, chat: Chat, servers: Servers, minilm: SentenceEmbedder, tmp_path: Path
) -> None:
    folder = make_tiny_model(tmp_path)
    tiers = [TierIndexes("facts", servers.chroma_url), TierIndexes("episodes", None)]
    await remember(house, chat, Embedders(house.app, minilm, "bundled"), tiers)
    tiny = open_embedder(str(folder))
    embedders = Embedders(house.app, tiny, str(folder), open_embedder)
    agency_id = chat.account.agency_id
    assert (await embedders.of(agency_id)).name == minilm.name
    assert await recalled(house, chat, embedders, tiers, "what is my dog's name?") == [(DOG, "vector")]
    await change_embedder(house, embedders, tiers, agency_id)
    (vector,) = await tiny.embed(["my dog"])
    assert len(vector) == tiny.dimensions == DIMENSIONS
    index = tiers[0].of(tiny.name)
    assert index is not None
    assert len(await index.query(vector, scope(chat), 5)) == 2
    await settle_embedder(house, tiers, agency_id, tiny.name, minilm.name)
    await embedders.put_away()
    async with house.app.unit(agency_id) as unit:
        held = await find_nearest(unit, "episodes", chat.whose, tiny.name, vector, 5)
    assert len(held) == 1
    await tiny.close()
    await tiers[0].close()


def test_two_models_of_one_name_are_told_apart(tmp_path: Path) -> None:
    first, second = (make_tiny_model(tmp_path / str(seed), seed) for seed in (1, 2))
    assert open_embedder(str(first)).name.startswith("tiny-")
    assert open_embedder(str(first)).name == open_embedder(str(first)).name != open_embedder(str(second)).name
    assert open_embedder("sentence-transformers/some-model").name == "sentence-transformers-some-model"
