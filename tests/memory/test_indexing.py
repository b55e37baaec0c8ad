"""The job that gives rows their vectors: both tiers, what is gone or moved, one writer at a time, and each row's dictionary."""

from __future__ import annotations

from core.nouns import Account
from memory.index_chroma import ChromaIndex
from memory.indexing import hold_index, index_episodes, index_facts
from storage.facts import find_worded
from storage.house import House
from storage.sweep import agencies_with_leftovers, agencies_with_unindexed_episodes
from storage.vectors import list_leftovers
from tests.memory.lived import live_through
from tests.memory.test_indexes import scope
from tests.memory.told import tell_in_words
from tests.memory.world import Chat, WordEmbedder, execute, fact, open_chat, tell


async def test_episodes_get_vectors_and_are_indexed_once(
    house: House, chat: Chat, words: WordEmbedder, index: ChromaIndex
) -> None:
    ids = await live_through(house, chat, "we saw the sea", "and ate ice cream")
    agency_id = chat.account.agency_id
    assert await agencies_with_unindexed_episodes(house.sweep) == [agency_id]
    assert await index_episodes(house, words, index, agency_id) == 2
    assert await index_episodes(house, words, index, agency_id) == 0
    hits = await index.query(words.vector("the sea"), scope(chat), 1)
    assert [hit.id for hit in hits] == ids[:1]
    assert await agencies_with_unindexed_episodes(house.sweep) == []


async def test_without_an_index_the_rows_have_it_all(house: House, chat: Chat, words: WordEmbedder) -> None:
    await live_through(house, chat, "we saw the sea")
    assert await index_episodes(house, words, None, chat.account.agency_id) == 1
    assert await index_episodes(house, words, None, chat.account.agency_id) == 0


async def test_what_is_deleted_leaves_the_index_whatever_took_it(
    house: House, chat: Chat, words: WordEmbedder, index: ChromaIndex
) -> None:
    kept, gone = await live_through(house, chat, "we saw the sea", "my secret at the sea")
    await index_episodes(house, words, index, chat.account.agency_id)
    await execute(house, chat, "DELETE FROM messages WHERE id = (SELECT message_id FROM episodes WHERE id = $1)", gone)
    assert await agencies_with_leftovers(house.sweep) == [chat.account.agency_id]
    await index_episodes(house, words, index, chat.account.agency_id)
    assert [hit.id for hit in await index.query(words.vector("the sea"), scope(chat), 9)] == [kept]
    assert await agencies_with_leftovers(house.sweep) == []


async def test_what_becomes_another_fans_is_found_there_and_nowhere_else(
    house: House, account: Account, chat: Chat, words: WordEmbedder, index: ChromaIndex
) -> None:
    other = await open_chat(house, account, "8")
    (episode,) = await live_through(house, chat, "we saw the sea")
    await index_episodes(house, words, index, account.agency_id)
    await execute(house, chat, "UPDATE episodes SET fan_id = $2 WHERE id = $1", episode, other.whose.fan_id)
    await index_episodes(house, words, index, account.agency_id)
    assert await index.query(words.vector("the sea"), scope(chat), 9) == []
    assert [hit.id for hit in await index.query(words.vector("the sea"), scope(other), 9)] == [episode]
    held = [item async for page in index.read() for item in page]
    assert [item.scope["fan_id"] for item in held] == [str(other.whose.fan_id)]


async def test_one_writer_at_a_time(house: House, chat: Chat, words: WordEmbedder, index: ChromaIndex) -> None:
    await live_through(house, chat, "we saw the sea")
    assert await hold_index(house, "episodes", "somebody else")
    assert await index_episodes(house, words, index, chat.account.agency_id) == 0
    assert await index_facts(house, words, index, chat.account.agency_id) == 0, "nothing waits"
    await house.locks.free("index:episodes", "a third")
    assert not await hold_index(house, "episodes", "a third")
    await house.locks.free("index:episodes", "somebody else")
    assert await index_episodes(house, words, index, chat.account.agency_id) == 1


async def test_a_fact_is_read_in_the_language_that_it_was_told_in(house: House, chat: Chat, words: WordEmbedder) -> None:
    """The sentence is English, its words are the fan's: a plural finds its singular, an English word still fits."""
    agency_id = chat.account.agency_id
    german = "am liebsten esse ich Maultaschen und trinke dazu Apfelsaft"
    await tell_in_words(house, chat, german, "The fan's favourite food is Maultaschen.")
    await tell_in_words(house, chat, "вчера я купил новую машину и очень рад", "The fan drives a новую машину.")
    await tell_in_words(house, chat, "I have two dogs and walk them every morning", "The fan has two dogs.")
    await tell(house, chat, fact("like", "tea", "The fan likes tea."))

    async def found(text: str) -> list[str]:
        async with house.app.unit(agency_id) as unit:
            return [one.text for one in await find_worded(unit, chat.whose, text, 9)]

    assert await found("noch eine Maultasche?") == [], "before the job, all is read as English"
    await index_facts(house, words, None, agency_id)
    assert await found("noch eine Maultasche?") == ["The fan's favourite food is Maultaschen."]
    assert await found("твоя машина быстрая?") == ["The fan drives a новую машину."]
    assert await found("how is your dog?") == ["The fan has two dogs."]
    both = {"The fan's favourite food is Maultaschen.", "The fan likes tea."}
    assert set(await found("what is the food that you like?")) == both
    assert await found("is the a of is") == []


async def test_no_leftover_of_what_never_had_a_vector(house: House, chat: Chat) -> None:
    (episode,) = await live_through(house, chat, "we saw the sea")
    await execute(house, chat, "DELETE FROM episodes WHERE id = $1", episode)
    async with house.app.unit(chat.account.agency_id) as unit:
        assert await list_leftovers(unit, "episodes", 9) == []
