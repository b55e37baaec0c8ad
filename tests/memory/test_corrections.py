"""What an operator sets right stays right: history is kept, old messages do not win, the fan's next word does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import structs

from core.errors import NotFound, Refused
from core.ids import new_id
from core.turns import RememberFact
from memory.embedder import SentenceEmbedder
from memory.index_chroma import ChromaIndex
from memory.indexing import index_facts
from memory.recall import MemoryRecall
from storage import corrections
from storage.corrections import NewFact
from storage.facts import list_unindexed
from storage.house import House
from tests.memory.world import Chat, WordEmbedder, asking, fact, tell
from tests.storage.world import NOON, message, send_in

NURSE = fact("work", "job", "The fan works as a nurse.")


async def said_at(house: House, chat: Chat, number: int, days: float, told: RememberFact) -> RememberFact:
    """Return a fact that stands in a message of some days after now (before, if negative)."""
    from datetime import UTC, datetime

    (one,) = await send_in(house, chat.account, message(told.text, number, at=datetime.now(UTC) + timedelta(days=days)))
    assert one.message_id
    return structs.replace(told, fact_id=new_id(), source_message_ids=(one.message_id,))


async def known(house: House, chat: Chat) -> dict[str, corrections.KnownFact]:
    async with house.app.unit(chat.account.agency_id) as unit:
        return {one.text: one for one in await corrections.list_known(unit, chat.whose.fan_id)}


async def correct(house: House, chat: Chat, fact_id: UUID, text: str) -> corrections.KnownFact:
    async with house.app.unit(chat.account.agency_id) as unit:
        return await corrections.correct(unit, fact_id, text, "ana")


async def test_a_correction_follows_the_fact_and_both_are_kept(house: House, chat: Chat) -> None:
    await tell(house, chat, NURSE)
    made = await correct(house, chat, NURSE.fact_id, "The fan works as a midwife.")
    assert (made.made_by, made.kind, made.subject, made.valid_to) == ("operator:ana", "work", "job", None)
    old = (await known(house, chat))[NURSE.text]
    assert old.superseded_by == made.id
    assert old.valid_to is not None
    with pytest.raises(Refused, match="holds no more"):
        await correct(house, chat, NURSE.fact_id, "Something else.")
    with pytest.raises(NotFound):
        await correct(house, chat, new_id(), "Something else.")


async def test_old_messages_do_not_bring_the_wrong_one_back_and_new_ones_do(house: House, chat: Chat) -> None:
    first = await said_at(house, chat, 2, -2, NURSE)
    await tell(house, chat, first)
    await correct(house, chat, first.fact_id, "The fan works as a midwife.")
    await tell(house, chat, await said_at(house, chat, 3, -1, NURSE))  # an analyst reads yesterday's message only now
    facts = await known(house, chat)
    assert facts["The fan works as a midwife."].valid_to is None
    assert facts[NURSE.text].valid_to is not None
    assert facts[NURSE.text].seen == 1
    await tell(house, chat, await said_at(house, chat, 4, 1, fact("work", "job", "The fan works as a baker.")))
    facts = await known(house, chat)
    assert facts["The fan works as a midwife."].valid_to is not None
    assert facts["The fan works as a baker."].valid_to is None


async def test_what_was_retracted_stays_away(house: House, chat: Chat) -> None:
    first = await said_at(house, chat, 2, -2, NURSE)
    await tell(house, chat, first)
    async with house.app.unit(chat.account.agency_id) as unit:
        gone = await corrections.retract(unit, first.fact_id, "ana")
        with pytest.raises(Refused, match="already"):
            await corrections.retract(unit, first.fact_id, "ana")
    assert gone.retracted_by == "operator:ana"
    await tell(house, chat, await said_at(house, chat, 3, -1, NURSE))
    assert [one.retracted_at is None for one in (await known(house, chat)).values()] == [False]
    await tell(house, chat, await said_at(house, chat, 4, 1, NURSE))
    async with house.app.unit(chat.account.agency_id) as unit:
        held = [one for one in await corrections.list_known(unit, chat.whose.fan_id) if one.retracted_at is None]
    assert [one.text for one in held] == [NURSE.text]


async def test_the_index_and_recall_follow(house: House, chat: Chat, words: WordEmbedder, chroma: ChromaIndex) -> None:
    await tell(house, chat, NURSE)
    agency = chat.account.agency_id
    await index_facts(house, words, chroma, agency)
    made = await correct(house, chat, NURSE.fact_id, "The fan works as a midwife.")
    async with house.app.unit(agency) as unit:
        waiting = {one.id: one.holds for one in await list_unindexed(unit, words.name, 10)}
    assert waiting == {NURSE.fact_id: False, made.id: True}
    await index_facts(house, words, chroma, agency)
    hits = await chroma.query(words.vector("The fan works as a nurse"), {"fan_id": str(chat.whose.fan_id)}, 5)
    assert [hit.id for hit in hits] == [made.id]
    recall = MemoryRecall(house.app, words, chroma, deadline_s=5)
    found = await recall(asking(chat, "what does the fan work as"))
    assert [one.text for one in found.facts] == ["The fan works as a midwife."]


async def test_an_operator_adds_what_they_know(house: House, chat: Chat, minilm: SentenceEmbedder) -> None:
    async with house.app.unit(chat.account.agency_id) as unit:
        new = NewFact("The fan wants to be called Captain.", "address", "name", 0.9, standing=True)
        made = await corrections.add(unit, chat.whose, new, "ana")
    assert (made.made_by, made.standing, made.confidence) == ("operator:ana", True, 1.0)
    recall = MemoryRecall(house.app, minilm, None)
    found = await recall(asking(chat, "What should you call me? Do you remember?"))
    assert [one.text for one in found.facts] == [one.text for one in found.profile] == ["The fan wants to be called Captain."]
    assert made.valid_from > NOON
