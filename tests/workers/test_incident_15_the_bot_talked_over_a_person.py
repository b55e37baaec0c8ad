"""Incident 15: a human took over and the bot went on typing and talking.

Whatever the agent had still to say when a person took the conversation is not said: what was committed, what was to be tried
again, what waited for its moment, what was thought before; only what is on its way leaves, and the taker is told so.
"""

from __future__ import annotations

import asyncio

import pytest

from core.errors import LeaseLost, RateLimited, Refused, Unavailable
from core.outbound import TextPart
from core.turns import Send
from storage import conversations, deliveries
from tests.conftest import Agency, TestDatabase
from tests.storage.ledger_steps import claim_turn, commit, gathered, outcome
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, mailing
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, hand_back, live_by, operator_says, states, take


async def test_what_is_on_its_way_is_named_and_nothing_follows_it(crew: Crew) -> None:
    mail = MailPlatform()
    mail.let_go.clear()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two", "three")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.entered.wait()
        (leaving,) = await take(crew, conversation, "ana")
        mail.let_go.set()
        await outbox.deliver(crew.account.agency_id, conversation)
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            (sent,) = await deliveries.list_deliveries(unit, ["sent"])
    assert sent.id == leaving
    assert mail.texts() == ["one"]


@pytest.mark.parametrize("error", [Unavailable("away"), RateLimited("slow down", 5)])
async def test_a_retry_is_not_made_for_the_former_owner(crew: Crew, database: TestDatabase, error: Exception) -> None:
    mail = MailPlatform()
    mail.before.append(error)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        await take(crew, conversation, "ana")
        await as_owner(database, "UPDATE deliveries SET not_before = now() - interval '1 second'")
        await deliver(crew, conversation)
    assert mail.calls == ["one"]
    assert await states(crew) == [("one", "dropped")]


async def test_a_retry_that_is_decided_after_the_take_over_is_not_made(crew: Crew) -> None:
    """The call fails while the person takes over: the retry belongs to nobody any more."""
    mail = MailPlatform()
    mail.before.append(Unavailable("away", 0.01))
    mail.let_go.clear()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.entered.wait()
        await take(crew, conversation, "ana")
        mail.let_go.set()
        await outbox.deliver(crew.account.agency_id, conversation)
    assert mail.calls == ["one"]
    assert await states(crew) == [("one", "dropped")]


async def test_what_waits_for_the_morning_is_not_said_in_another_ones_hands(crew: Crew, database: TestDatabase) -> None:
    await live_by(crew, pace={"quiet_hours": ("00:00", "23:59")})
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        await take(crew, conversation, "ana")
        await as_owner(database, "UPDATE deliveries SET not_before = now() - interval '1 second'")
        await deliver(crew, conversation)
    assert mail.calls == []


async def test_a_turn_thought_before_says_nothing_and_a_pause_counts_like_a_person(crew: Crew) -> None:
    house, agency = crew.engine.house, Agency(crew.account.agency_id, "demo")
    conversation = await fan_says(crew, "hi", 1)
    lease = await claim_turn(house, agency, conversation)
    assert lease
    turn = await gathered(house, lease)
    async with house.app.unit(agency.id) as unit:
        await conversations.give_up(
            unit, conversation, await unit.connection.fetchval("SELECT fence FROM conversations WHERE id = $1", conversation)
        )
    with pytest.raises(LeaseLost):
        await commit(house, turn, outcome(Send((TextPart("one"),))))
    await deliver(crew, conversation)
    assert crew.said() == []


async def test_the_agent_speaks_again_only_after_the_hand_back_and_after_the_operators_last_words(crew: Crew) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await take(crew, conversation, "ana")
        await operator_says(crew, conversation, "ana", "I am a person")
        await fan_says(crew, "thanks", 2)
        await hand_back(crew, conversation, "ana")
        await agent_says(crew, conversation, "and I am back")
        await deliver(crew, conversation)
    assert mail.texts() == ["I am a person", "and I am back"]


async def test_the_claim_itself_refuses_a_voice_that_does_not_hold_the_conversation(crew: Crew, database: TestDatabase) -> None:
    """Even under the right epoch, by whatever path it came into the outbox."""
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await as_owner(database, "UPDATE conversations SET owner = 'operator', owner_name = 'ana'")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", "dropped")]
        await operator_says(crew, conversation, "ana", "ana's words")
        await as_owner(database, "UPDATE conversations SET owner_name = 'bob'")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", "dropped"), ("ana's words", "dropped")]
    assert mail.calls == []


async def test_an_operators_words_are_not_sent_in_the_next_ones_hands(crew: Crew) -> None:
    mail = MailPlatform()
    mail.before.append(RateLimited("slow down", 5))
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await take(crew, conversation, "ana")
        await operator_says(crew, conversation, "ana", "ana's words")
        await deliver(crew, conversation)
        await hand_back(crew, conversation, "ana")
        await take(crew, conversation, "bob")
        await deliver(crew, conversation)
        with pytest.raises(Refused, match="in the hands of bob"):
            await hand_back(crew, conversation, "ana")
    assert mail.calls == ["ana's words"]
    assert await states(crew) == [("ana's words", "dropped")]


async def test_a_claim_and_a_take_over_never_miss_each_other(crew: Crew) -> None:
    """A claim that is not committed yet is waited for: the taker is told of what it could not see."""
    conversation = await fan_says(crew, "hi", 1)
    await agent_says(crew, conversation, "one")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        claimed = await deliveries.claim_next(unit, conversation, "w1")
        assert claimed
        taking = asyncio.create_task(take(crew, conversation, "ana"))
        await asyncio.wait({taking}, timeout=0.5)
    assert await taking == [claimed.id]


async def test_a_claim_waits_for_a_take_over_that_is_being_made(crew: Crew) -> None:
    house, where = crew.engine.house, crew.account.agency_id
    conversation = await fan_says(crew, "hi", 1)
    await agent_says(crew, conversation, "one")

    async def claim() -> object:
        async with house.app.statement(where) as unit:
            return await deliveries.claim_next(unit, conversation, "w1")

    async with house.app.unit(where) as unit:
        assert await conversations.take(unit, conversation, "ana") == []
        claiming = asyncio.create_task(claim())
        await asyncio.wait({claiming}, timeout=0.5)
    assert await claiming is None


async def test_what_the_agent_began_before_a_person_came_and_went_is_not_tried_again(crew: Crew) -> None:
    mail = MailPlatform()
    mail.before.append(Unavailable("away", 0.01))
    mail.let_go.clear()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.entered.wait()
        await take(crew, conversation, "ana")
        await hand_back(crew, conversation, "ana")
        mail.let_go.set()
        await outbox.deliver(crew.account.agency_id, conversation)
    assert mail.calls == ["one"]
    assert await states(crew) == [("one", "dropped")]
