"""Memory follows a link, through the real recall: nothing crosses before it holds, and nothing once it is split."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from core.ids import new_id
from core.recall import Asked
from core.turns import RememberFact
from memory.embedder import SentenceEmbedder
from memory.facts import apply_remember_fact
from memory.recall import MemoryRecall
from storage import corrections, links
from storage.effects import EffectContext
from storage.fans import load_fan
from storage.house import House
from storage.links import Claim
from tests.conftest import Agency
from tests.storage.fans_world import Side, arrive, other_account, says, write_in
from tests.storage.world import NOON, make_account

SURE = Claim("operator", "The same order number in both chats.", 0.9, "ana")


@pytest.fixture
async def pair(house: House, agency: Agency) -> tuple[Side, Side]:
    """The same woman with Luna on two platforms."""
    account = await make_account(house, agency.id)
    here = await write_in(house, account, "7", "hi")
    return here, await write_in(house, await other_account(house, account), "u-9", "hello")


async def tell(house: House, side: Side, number: int, kind: str, subject: str, text: str) -> RememberFact:
    """Let a fan say something that becomes a fact, with the message as its source."""
    handle = side.conversation.platform_key.removeprefix("chat-")
    (one,) = await arrive(house, side.account, says(text, handle, number, at=NOON + timedelta(minutes=number)))
    assert one.message_id
    told = RememberFact(new_id(), kind, subject, text, (one.message_id,), 0.6, 0.8)
    async with house.app.unit(side.account.agency_id) as unit:
        await apply_remember_fact(unit, EffectContext(side.account, side.conversation, new_id()), told)
    return told


async def recalled(house: House, minilm: SentenceEmbedder, side: Side, asked: str) -> set[str]:
    recall = MemoryRecall(house.app, minilm, None)
    async with house.app.unit(side.account.agency_id) as unit:
        fan = await load_fan(unit, side.conversation.id)
    found = await recall(
        Asked(
            agency_id=side.account.agency_id,
            influencer_id=side.conversation.influencer_id,
            fan_ids=(fan.id, *fan.also),
            texts=(asked,),
            now=NOON,
        )
    )
    return {one.text for one in found.facts}


async def holding(house: House, side: Side) -> set[str]:
    """What holds of one fan row alone."""
    async with house.app.unit(side.account.agency_id) as unit:
        known = await corrections.list_known(unit, side.fan)
    return {f.text for f in known if f.fan_id == side.fan and f.valid_to is None and f.retracted_at is None}


async def join(house: House, pair: tuple[Side, Side]) -> links.Link:
    async with house.app.unit(pair[0].account.agency_id) as unit:
        return await links.link(unit, pair[0].fan, pair[1].fan, SURE)


async def part(house: House, link: links.Link, agency: Agency) -> None:
    async with house.app.unit(agency.id) as unit:
        await links.split(unit, link.id, "ana")


async def test_nothing_crosses_before_the_link_and_nothing_after_the_split(
    house: House, agency: Agency, pair: tuple[Side, Side], minilm: SentenceEmbedder
) -> None:
    one, two = pair
    await tell(house, one, 2, "pet", "dog", "The fan has a dog called Rex.")
    await tell(house, two, 2, "work", "job", "The fan works as a nurse.")
    asked = "What do you know about me?"
    assert await recalled(house, minilm, one, asked) == {"The fan has a dog called Rex."}
    assert await recalled(house, minilm, two, asked) == {"The fan works as a nurse."}
    assert await recalled(house, minilm, two, "How is my dog?") <= {"The fan works as a nurse."}
    link = await join(house, pair)
    both = {"The fan has a dog called Rex.", "The fan works as a nurse."}
    assert await recalled(house, minilm, one, asked) == await recalled(house, minilm, two, asked) == both
    assert "The fan has a dog called Rex." in await recalled(house, minilm, two, "How is my dog?")
    await part(house, link, agency)
    assert await recalled(house, minilm, one, asked) == {"The fan has a dog called Rex."}
    assert await recalled(house, minilm, two, asked) == {"The fan works as a nurse."}


async def test_a_proposal_is_no_link(house: House, agency: Agency, minilm: SentenceEmbedder) -> None:
    account = await make_account(house, agency.id)
    here = await write_in(house, account, "7001", "hi")
    await tell(house, here, 2, "pet", "dog", "The fan has a dog called Rex.")
    there = await write_in(house, await other_account(house, account), "u-2", "hello", vouched=("telegram:7001",))
    assert await recalled(house, minilm, there, "What do you know about me?") == set()


async def test_another_influencer_hears_nothing_of_it(
    house: House, agency: Agency, pair: tuple[Side, Side], minilm: SentenceEmbedder
) -> None:
    await tell(house, pair[0], 2, "pet", "dog", "The fan has a dog called Rex.")
    stranger = await write_in(house, await make_account(house, agency.id, "matteo"), "55", "hi")
    async with house.app.unit(agency.id) as unit:
        await links.link(unit, pair[0].fan, stranger.fan, SURE)
    assert await recalled(house, minilm, stranger, "What do you know about me?") == set()


async def test_a_contradiction_in_the_other_chat_ends_a_fact_until_the_split(
    house: House, agency: Agency, pair: tuple[Side, Side], minilm: SentenceEmbedder
) -> None:
    one, two = pair
    await tell(house, one, 2, "work", "job", "The fan works as a nurse.")
    link = await join(house, pair)
    await tell(house, two, 3, "work", "job", "The fan works as a baker.")
    assert await recalled(house, minilm, one, "What do you know about me?") == {"The fan works as a baker."}
    await part(house, link, agency)
    assert await holding(house, one) == {"The fan works as a nurse."}
    assert await holding(house, two) == {"The fan works as a baker."}


async def test_the_own_next_word_ends_a_fact_that_another_had_ended_first(
    house: House, agency: Agency, pair: tuple[Side, Side]
) -> None:
    one, two = pair
    await tell(house, one, 2, "work", "job", "The fan works as a nurse.")
    link = await join(house, pair)
    await tell(house, two, 3, "work", "job", "The fan works as a baker.")
    await tell(house, one, 4, "work", "job", "The fan works as a pilot.")
    await part(house, link, agency)
    assert await holding(house, one) == {"The fan works as a pilot."}
    assert await holding(house, two) == {"The fan works as a baker."}


async def test_what_was_said_again_in_the_other_chat_is_known_there_after_the_split(
    house: House, agency: Agency, pair: tuple[Side, Side]
) -> None:
    one, two = pair
    told = await tell(house, one, 2, "pet", "dog", "The fan has a dog called Rex.")
    link = await join(house, pair)
    await tell(house, two, 3, "pet", "dog", "The fan has a dog called Rex.")
    assert await holding(house, two) == set()  # one person, one fact
    await part(house, link, agency)
    assert await holding(house, one) == await holding(house, two) == {"The fan has a dog called Rex."}
    async with house.app.unit(agency.id) as unit:
        mine = await corrections.load_fact(unit, told.fact_id)
        (theirs,) = await corrections.list_known(unit, two.fan)
    assert (mine.source_message_ids, mine.seen) == (list(told.source_message_ids), 1)
    assert len(theirs.source_message_ids) == theirs.seen == 1
    assert theirs.valid_from == NOON + timedelta(minutes=3)
    again = await join(house, pair)
    await part(house, again, agency)
    assert await holding(house, two) == {"The fan has a dog called Rex."}


async def test_a_split_without_anything_said_meanwhile_changes_no_row(
    house: House, agency: Agency, pair: tuple[Side, Side]
) -> None:
    await tell(house, pair[0], 2, "pet", "dog", "The fan has a dog called Rex.")
    await tell(house, pair[1], 2, "work", "job", "The fan works as a nurse.")

    async def rows() -> list[corrections.KnownFact]:
        async with house.app.unit(agency.id) as unit:
            found = [fact for side in pair for fact in await corrections.list_known(unit, side.fan)]
        return [structs.replace(fact) for fact in found]

    before = await rows()
    await part(house, await join(house, pair), agency)
    assert await rows() == before
