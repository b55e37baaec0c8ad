"""What was said is remembered beside the turns, found again, changed with its message and gone with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Unavailable
from core.inbound import InboundDelete, InboundEdit, Sender
from core.nouns import Account
from core.ports import IndexHit
from core.recall import Recalled
from memory.embedder import SentenceEmbedder
from memory.episodes import PIECE, remember_said
from memory.recall import MemoryRecall
from storage.conversations import read_thread
from storage.house import House
from tests.memory.test_recall import BrokenIndex
from tests.memory.world import Chat, WordEmbedder, asking
from tests.storage.world import NOON, message, send_in

TALK = (
    "hey luna, rough day at the harbour again",
    "my sister Nora moved into a flat above a bakery in Porto",
    "the smell of bread wakes her at five",
    "anyway, what are you up to tonight?",
    "i passed the welding exam on the second try",
)


async def tell(house: House, chat: Chat, *texts: str, days: int = 0, first: int = 10) -> None:
    """Let the fan say things, a minute apart."""
    at = NOON + timedelta(days=days)
    events = [message(text, first + n, "7", at + timedelta(minutes=n)) for n, text in enumerate(texts)]
    await send_in(house, chat.account, *events)


async def remember(house: House, chat: Chat, embedder: WordEmbedder | SentenceEmbedder) -> int:
    return await remember_said(house, embedder, chat.account.agency_id, rest_s=-1.0)


async def ask(house: House, chat: Chat, embedder: WordEmbedder | SentenceEmbedder, text: str, **more: object) -> Recalled:
    return await MemoryRecall(house.app, embedder, None)(asking(chat, text, **more))


async def test_what_was_said_is_found_by_meaning_and_words(house: House, chat: Chat, minilm: SentenceEmbedder) -> None:
    await tell(house, chat, *TALK)
    assert await remember(house, chat, minilm) == len(TALK) + 1
    assert await remember(house, chat, minilm) == 0
    found = await ask(house, chat, minilm, "where does my sister live now?")
    assert (found.episodes[0].text, found.episodes[0].author) == (TALK[1], "fan")
    assert "meaning" in found.episodes[0].why
    assert "words" in found.episodes[0].why
    assert (await ask(house, chat, minilm, "did i manage that exam?")).episodes[0].text == TALK[4]
    assert not (await ask(house, chat, minilm, "xyzzy plugh")).episodes


async def test_a_named_day_finds_what_was_said_then(house: House, chat: Chat, minilm: SentenceEmbedder) -> None:
    for number, days in enumerate((1, 40, 80)):
        await tell(house, chat, "we went out for dinner and it was lovely", days=days, first=10 * (number + 1))
    await remember(house, chat, minilm)
    asked = "where did we have dinner around june 10?"
    found = await ask(house, chat, minilm, asked, now=NOON + timedelta(days=90))
    assert found.episodes[0].said_at == NOON + timedelta(days=40)
    assert "day" in found.episodes[0].why


async def test_without_the_embedder_words_find_it_and_meaning_comes_later(
    house: House, chat: Chat, words: WordEmbedder
) -> None:
    words.away = True
    await tell(house, chat, *TALK)
    with pytest.raises(Unavailable):
        await remember(house, chat, words)
    found = await ask(house, chat, words, "does the bakery in porto sell bread?")
    assert (found.episodes[0].text, found.marks) == (TALK[1], ("without meaning",))
    words.away = False
    assert await remember(house, chat, words) == 0
    assert "meaning" in (await ask(house, chat, words, "does the bakery in porto sell bread?")).episodes[0].why


async def test_an_edit_is_read_again_and_a_deletion_leaves_nothing(house: House, chat: Chat, words: WordEmbedder) -> None:
    await tell(house, chat, *TALK)
    await remember(house, chat, words)
    sender, at = Sender(handle="7"), NOON + timedelta(hours=1)
    edit = InboundEdit(
        event_key="e", at=at, sender=sender, conversation_key="chat-7", message_key="11", text="nora lives in lisbon now"
    )
    await send_in(house, chat.account, edit)
    assert await remember(house, chat, words) == 1
    assert (await ask(house, chat, words, "nora in lisbon")).episodes[0].text == "nora lives in lisbon now"
    await send_in(house, chat.account, InboundDelete(event_key="d", at=at, conversation_key="chat-7", message_keys=("11",)))
    assert all("lisbon" not in episode.text for episode in (await ask(house, chat, words, "nora in lisbon")).episodes)
    async with house.app.unit(chat.account.agency_id) as unit:
        left = await unit.connection.fetchval("SELECT count(*) FROM episodes WHERE text LIKE '%lisbon%' OR text LIKE '%Porto%'")
    assert left == 0


async def test_a_long_message_is_remembered_to_its_end(house: House, chat: Chat, minilm: SentenceEmbedder) -> None:
    filler = " ".join(f"On day {n} we walked along the coast and it was fine weather." for n in range(60))
    await tell(house, chat, f"{filler} In the end the captain let me steer the old ferry.")
    await remember(house, chat, minilm)
    found = await ask(house, chat, minilm, "who let me steer the ferry?", most_episodes=1)
    assert found.episodes[0].text.startswith("On day 0")
    async with house.app.unit(chat.account.agency_id) as unit:
        longest = await unit.connection.fetchval("SELECT max(length(text)) FROM episodes")
        pieces = await unit.connection.fetchval("SELECT count(*) FROM episodes")
    assert longest <= PIECE + len("Mia: ")
    assert pieces > 4


async def test_what_lies_in_the_window_is_not_recalled_and_tokens_bound_it(
    house: House, chat: Chat, words: WordEmbedder, account: Account
) -> None:
    await tell(house, chat, *(f"the lighthouse story part {n} of many" for n in range(9)))
    await remember(house, chat, words)
    all_found = (await ask(house, chat, words, "tell the lighthouse story again")).episodes
    assert len(all_found) >= 9
    few = (await ask(house, chat, words, "tell the lighthouse story again", tokens=30)).episodes
    assert 0 < len(few) < len(all_found)
    async with house.app.unit(account.agency_id) as unit:
        window = tuple(await read_thread(unit, chat.conversation.id, None, 50))
    assert not (await ask(house, chat, words, "tell the lighthouse story again", window=window)).episodes


@pytest.mark.parametrize("broken", [BrokenIndex(error=Unavailable("away")), BrokenIndex(delay_s=0.3)], ids=["away", "late"])
async def test_an_index_that_is_away_is_marked_and_the_rows_serve(
    house: House, chat: Chat, words: WordEmbedder, broken: BrokenIndex
) -> None:
    await tell(house, chat, *TALK)
    await remember(house, chat, words)
    found = await MemoryRecall(house.app, words, None, episodes=broken)(asking(chat, "the welding exam on the second try"))
    assert found.episodes[0].text == TALK[4]
    assert found.marks[0] in ("index away", "index late")


async def test_an_index_of_episodes_is_filled_and_asked(house: House, chat: Chat, words: WordEmbedder) -> None:
    index = BrokenIndex()
    await tell(house, chat, *TALK)
    await remember_said(house, words, chat.account.agency_id, index, rest_s=-1.0)
    assert len(index.held) == len(TALK) + 1
    recall = MemoryRecall(house.app, words, None, episodes=index, deadline_s=2.0)
    found = await recall(asking(chat, "the welding exam on the second try"))
    assert (index.asked, found.marks, found.episodes[0].text) == (1, (), TALK[4])
    assert all(isinstance(hit, IndexHit) for hit in await index.query(words.vector("exam"), {}, 3))


async def test_what_is_being_answered_does_not_come_back_as_said_earlier(
    house: House, chat: Chat, minilm: SentenceEmbedder
) -> None:
    await tell(house, chat, *TALK)
    await remember(house, chat, minilm)
    async with house.app.unit(chat.account.agency_id) as unit:
        burst = tuple(said.id for said in await read_thread(unit, chat.conversation.id) if said.text == TALK[1])
    earlier = await ask(house, chat, minilm, "where does my sister live now?")
    assert TALK[1] in {episode.text for episode in earlier.episodes}
    found = await ask(house, chat, minilm, "where does my sister live now?", burst=burst)
    assert TALK[1] not in {episode.text for episode in found.episodes}


@pytest.mark.parametrize(
    "secret",
    [
        "my card is 4111 1111 1111 1111, bakery in porto",
        "my password for the bakery is hunter2!",
        "mail me at nora@example.com",
    ],
)
async def test_what_must_not_be_told_again_is_not_found_again(
    house: House, chat: Chat, words: WordEmbedder, secret: str
) -> None:
    await tell(house, chat, secret, "the bakery in porto is lovely")
    await remember(house, chat, words)
    found = await ask(house, chat, words, "was the bakery in porto lovely, and my card, password, mail?")
    assert {episode.text for episode in found.episodes} >= {"the bakery in porto is lovely"}
    assert secret not in {episode.text for episode in found.episodes}
    async with house.app.unit(chat.account.agency_id) as unit:
        assert await unit.connection.fetchval("SELECT count(*) FROM episodes WHERE text LIKE $1", f"%{secret}%") == 0


async def test_of_somebody_who_may_be_a_minor_nothing_more_is_read(house: House, chat: Chat, words: WordEmbedder) -> None:
    await tell(house, chat, *TALK)
    async with house.app.unit(chat.account.agency_id) as unit:
        await unit.connection.execute("UPDATE fans SET minor_signal_at = now()")
    assert await remember(house, chat, words) == 0


async def test_an_index_that_lost_episodes_is_noticed_and_the_rows_are_searched(
    house: House, chat: Chat, minilm: SentenceEmbedder
) -> None:
    index = BrokenIndex()
    await tell(house, chat, *TALK)
    await remember_said(house, minilm, chat.account.agency_id, index, rest_s=-1.0)
    recall = MemoryRecall(house.app, minilm, None, episodes=index, deadline_s=2.0)
    asked = asking(chat, "where does my sister live now?")
    assert (await recall(asked)).marks == ()
    index.held.clear()
    found = await recall(asked)
    assert found.marks == ("index behind",)
    assert "meaning" in next(episode.why for episode in found.episodes if episode.text == TALK[1])
