"""An index is rebuilt from its rows, and both are held against each other: what can be wrong is found and mended."""

from __future__ import annotations

import pytest

from core.errors import Unavailable
from core.ids import new_id
from core.nouns import Account
from core.ports import IndexItem
from memory.index_chroma import ChromaIndex
from memory.indexing import index_episodes, index_facts
from memory.reindexing import ANEW, drop_strangers, rebuild
from memory.verifying import verify
from shop.indexing import reembed_packs
from storage.house import House
from storage.packs import list_unembedded, put_pack
from storage.vectors import load_progress
from tests.memory.lived import live_through
from tests.memory.test_indexes import scope
from tests.memory.world import Chat, WordEmbedder, execute, fact, open_chat, tell

TEXTS = ("we saw the sea", "and ate ice cream", "then it rained")


async def test_a_lost_index_is_rebuilt_without_embedding(
    house: House, account: Account, chat: Chat, words: WordEmbedder, index: ChromaIndex
) -> None:
    other = await open_chat(house, account, "8")
    ids = await live_through(house, chat, *TEXTS) + await live_through(house, other, "something else")
    await index_episodes(house, words, index, account.agency_id)
    await index.drop()
    found = await verify(house, "episodes", words, index, account.agency_id)
    assert (found.rows, found.missing, found.indexed, found.faults) == (4, 4, 0, 4)
    calls, told = words.calls, []
    done = await rebuild(house, "episodes", words, index, account.agency_id, told=lambda done, of: told.append((done, of)))
    assert (done, words.calls, told) == (4, calls, [(4, 4)])
    assert (await verify(house, "episodes", words, index, account.agency_id)).faults == 0
    assert [hit.id for hit in await index.query(words.vector("the sea"), scope(chat), 1)] == ids[:1]


async def test_a_rebuilding_that_was_cut_off_goes_on_where_it_was(
    house: House, chat: Chat, words: WordEmbedder, index: ChromaIndex
) -> None:
    agency_id = chat.account.agency_id
    await live_through(house, chat, *(f"word {n}" for n in range(ANEW + 10)))
    await index_episodes(house, words, index, agency_id)

    def stop(done: int, of: int) -> None:
        raise Unavailable(f"The power went at {done} of {of}.")

    before = words.calls
    with pytest.raises(Unavailable, match=f"at {ANEW} of {ANEW + 10}"):
        await rebuild(house, "episodes", words, index, agency_id, from_rows=False, told=stop)
    async with house.app.unit(agency_id) as unit:
        progress = await load_progress(unit, "episodes")
    assert progress is not None
    assert progress.done == ANEW
    assert await rebuild(house, "episodes", words, index, agency_id, from_rows=False) == ANEW + 10
    assert words.calls == before + 2, "one batch before the power went, one after"
    async with house.app.unit(agency_id) as unit:
        assert await load_progress(unit, "episodes") is None
    assert (await verify(house, "episodes", words, index, agency_id)).faults == 0


async def test_all_that_can_be_wrong_is_found_and_mended(
    house: House, account: Account, chat: Chat, words: WordEmbedder, index: ChromaIndex
) -> None:
    other = await open_chat(house, account, "8")
    missing, moved, wrong, *_ = await live_through(house, chat, *TEXTS, "and it is well")
    await index_episodes(house, words, index, account.agency_id)
    assert (await verify(house, "episodes", words, index, account.agency_id)).faults == 0
    await index.delete([missing])
    dead = new_id()
    await index.upsert(
        [
            IndexItem(dead, words.vector("nobody's"), scope(chat)),
            IndexItem(moved, words.vector(TEXTS[1]), scope(other)),
            IndexItem(wrong, words.vector("quite another thing"), scope(chat)),
        ]
    )
    await live_through(house, chat, "just now")
    found = await verify(house, "episodes", words, index, account.agency_id)
    assert (found.missing, found.dead, found.misplaced, found.wrong, found.waiting) == (2, 1, 1, 1, 1), (
        "what moved is not in its place"
    )
    await rebuild(house, "episodes", words, index, account.agency_id)
    await drop_strangers(house, "episodes", words, index, account.agency_id)
    found = await verify(house, "episodes", words, index, account.agency_id)
    assert (found.faults, found.waiting, found.rows) == (0, 1, 5)


async def test_rows_alone_are_looked_at_where_there_is_no_index(house: House, chat: Chat, words: WordEmbedder) -> None:
    await tell(house, chat, fact("like", "tea", "The fan likes tea."), fact("like", "rum", "The fan likes rum."))
    await index_facts(house, words, None, chat.account.agency_id)
    assert (await verify(house, "facts", words, None, chat.account.agency_id)).faults == 0
    await execute(house, chat, "UPDATE facts SET embedding = '[3, 4]' WHERE subject = 'tea'")
    await execute(house, chat, "UPDATE facts SET embedding = NULL, embedder = NULL WHERE subject = 'rum'")
    found = await verify(house, "facts", words, None, chat.account.agency_id)
    assert (found.odd, found.waiting, found.faults) == (1, 1, 1)
    assert await rebuild(house, "facts", words, None, chat.account.agency_id, from_rows=False) == 2
    assert (await verify(house, "facts", words, None, chat.account.agency_id)).faults == 0


async def test_packs_are_embedded_anew_where_they_stand(house: House, account: Account, words: WordEmbedder) -> None:
    async with house.app.unit(account.agency_id) as unit:
        await put_pack(unit, account.influencer_id, "sea", "At the sea", "Ten pictures", ["beach"])
    assert await reembed_packs(house, words, account.agency_id) == 1
    async with house.app.unit(account.agency_id) as unit:
        assert await list_unembedded(unit, words.name) == []
