"""The turn ledger on a real Postgres: leases, fencing, the one commit, the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import EffectRefused, LeaseLost, Refused
from core.ids import new_id
from core.money import Money
from core.nouns import Account
from core.outbound import TextPart
from core.turns import FlagMinor, HandToOperator, Hold, OfferPack, Outcome, Refuse, Send, Trace
from storage import conversations, deliveries, drafts, fans
from storage.house import House
from tests.conftest import Agency
from tests.storage.ledger_steps import claim_turn, commit, gathered, how, outcome
from tests.storage.world import NOON, message, send_in


async def test_a_burst_becomes_one_turn_and_one_reply(house: House, agency: Agency, account: Account) -> None:
    first, second = await send_in(house, account, message("hi", 1), message("it's me", 2))
    assert first.fresh
    assert second.conversation_id == first.conversation_id
    lease = await claim_turn(house, agency, first.conversation_id)
    assert lease is not None
    turn = await gathered(house, lease)
    assert [m.text for m in turn.burst] == ["hi", "it's me"]
    assert await commit(house, turn, outcome(Send((TextPart("hello you"),)))) is False
    assert await claim_turn(house, agency, first.conversation_id) is None
    async with house.app.unit(agency.id) as unit:
        said = await conversations.read_thread(unit, first.conversation_id)
    assert [(m.author, m.text) for m in said] == [("fan", "hi"), ("fan", "it's me"), ("agent", "hello you")]


async def test_the_same_event_twice_is_one_message(house: House, agency: Agency, account: Account) -> None:
    (first,) = await send_in(house, account, message("hi", 1))
    (again,) = await send_in(house, account, message("hi", 1))
    assert (first.fresh, again.fresh) == (True, False)
    async with house.app.unit(agency.id) as unit:
        assert len(await conversations.read_thread(unit, first.conversation_id)) == 1


async def test_messages_are_sorted_by_the_platforms_time(house: House, agency: Agency, account: Account) -> None:
    (late, _) = await send_in(house, account, message("second", 2, at=NOON + timedelta(seconds=5)), message("first", 1))
    lease = await claim_turn(house, agency, late.conversation_id)
    assert lease
    assert [m.text for m in (await gathered(house, lease)).burst] == ["first", "second"]


async def test_a_second_worker_cannot_take_a_leased_turn(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    assert await claim_turn(house, agency, event.conversation_id, "w1") is not None
    assert await claim_turn(house, agency, event.conversation_id, "w2") is None


async def test_the_loser_of_a_lease_commits_nothing(house: House, agency: Agency, account: Account) -> None:
    """Incidents 2 and 22: a slow agent outlived its lease and a second one started."""
    (event,) = await send_in(house, account, message("hi", 1))
    slow = await claim_turn(house, agency, event.conversation_id, "slow", lease_s=0.0)
    assert slow
    slow_turn = await gathered(house, slow)
    quick = await claim_turn(house, agency, event.conversation_id, "quick")
    assert quick
    assert quick.fence == slow.fence + 1
    await commit(house, await gathered(house, quick), outcome(Send((TextPart("quick"),))))
    with pytest.raises(LeaseLost):
        await commit(house, slow_turn, outcome(Send((TextPart("slow"),))))
    async with house.app.unit(agency.id) as unit:
        said = await conversations.read_thread(unit, event.conversation_id)
    assert [m.text for m in said] == ["hi", "quick"]


async def test_a_stale_token_is_refused_while_its_successor_thinks(house: House, agency: Agency, account: Account) -> None:
    """The fencing token itself: the lease is alive, the owner is right, only the number is old."""
    (event,) = await send_in(house, account, message("hi", 1))
    slow = await claim_turn(house, agency, event.conversation_id, "slow", lease_s=0.0)
    assert slow
    slow_turn = await gathered(house, slow)
    quick = await claim_turn(house, agency, event.conversation_id, "quick")
    assert quick
    with pytest.raises(LeaseLost):
        await commit(house, slow_turn, outcome(Send((TextPart("slow"),))))
    await commit(house, await gathered(house, quick), outcome(Send((TextPart("quick"),))))


async def test_a_message_during_the_thinking_makes_a_new_turn_due(house: House, agency: Agency, account: Account) -> None:
    """Incident 1: a message between "queue empty" and "lock released" was never answered."""
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    await send_in(house, account, message("and?", 2))
    assert await commit(house, turn, outcome(Send((TextPart("hello"),)))) is True
    again = await claim_turn(house, agency, event.conversation_id)
    assert again
    assert [m.text for m in (await gathered(house, again)).burst] == ["and?"]


async def test_a_refused_effect_undoes_the_whole_turn(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("pictures?", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)

    async def refuse(*_: object) -> None:
        raise EffectRefused("The fan owns this pack already.")

    effect = OfferPack(new_id(), new_id(), Money(900, "USD"), "payload")
    with pytest.raises(EffectRefused):
        await commit(house, turn, outcome(Send((TextPart("here"),)), effect), how({OfferPack: refuse}))
    assert [m.text for m in (await gathered(house, lease)).burst] == ["pictures?"]


async def test_a_hold_makes_a_draft_and_says_so_once_a_day(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    for number in (1, 2, 3):
        lease = await claim_turn(house, agency, event.conversation_id)
        assert lease
        held = Hold("approval", (TextPart(f"draft {number}"),), waiting="one moment")
        await commit(house, await gathered(house, lease), outcome(held))
        await send_in(house, account, message("hello?", 10 + number))
        if number == 2:
            async with house.app.unit(agency.id) as unit:
                waiting = await drafts.held_drafts(unit, event.conversation_id)
                await drafts.reject(unit, waiting[0].id, "ana")
    async with house.app.unit(agency.id) as unit:
        said = await conversations.read_thread(unit, event.conversation_id)
        await unit.connection.execute("UPDATE conversations SET waiting_sent_at = waiting_sent_at - interval '25 hours'")
        later = await conversations.load_conversation(unit, event.conversation_id)
    assert [d.parts[0]["text"] for d in waiting] == ["draft 1", "draft 2"]
    assert [m.text for m in said if m.direction == "out"] == ["one moment"], "not once per draft"
    assert later.waiting_sent_at is None, "the next day it may be said again"


async def test_handing_to_an_operator_stops_the_agent_after_its_last_words(
    house: House, agency: Agency, account: Account
) -> None:
    (event,) = await send_in(house, account, message("help", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("a person will look"),)), HandToOperator("asked")))
    await send_in(house, account, message("hello?", 2))
    assert await claim_turn(house, agency, event.conversation_id) is None
    async with house.app.unit(agency.id) as unit:
        claimed = await deliveries.claim_next(unit, event.conversation_id, "w1")
        assert claimed
        assert claimed.decode() == TextPart("a person will look")
        await conversations.hand_back(unit, event.conversation_id, "ana")
    assert await claim_turn(house, agency, event.conversation_id) is None, "what came in during the pause is a person's"
    await send_in(house, account, message("and now?", 3))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    assert [m.text for m in (await gathered(house, lease)).burst] == ["and now?"]


async def test_a_case_must_be_decided_before_the_agent_speaks_again(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("help", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Hold("crisis", notice="call somebody"), HandToOperator("crisis")))
    async with house.app.unit(agency.id) as unit:
        with pytest.raises(Refused, match="A case waits here"):
            await conversations.hand_back(unit, event.conversation_id, "ana")
        (case,) = await drafts.held_drafts(unit, event.conversation_id)
        await drafts.reject(unit, case.id, "ana")
        await conversations.hand_back(unit, event.conversation_id, "ana")


async def test_a_fan_who_said_to_be_under_age_comes_back_only_as_an_adult(
    house: House, agency: Agency, account: Account
) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    result = Outcome(Refuse("age"), Trace("policy"), (FlagMinor(), HandToOperator("age")))
    await commit(house, turn, result, how({FlagMinor: fans.flag_minor, HandToOperator: conversations.pause}))
    async with house.app.unit(agency.id) as unit:
        assert (await fans.load_fan(unit, event.conversation_id)).minor_signal_at is not None
        with pytest.raises(Refused, match="under age"):
            await conversations.hand_back(unit, event.conversation_id, "ana")
        await conversations.hand_back(unit, event.conversation_id, "ana", adult=True)
        fan = await fans.load_fan(unit, event.conversation_id)
    assert fan.minor_signal_at is None
    assert fan.adult_confirmed_at is not None


async def test_a_take_over_drops_what_has_not_left(house: House, agency: Agency, account: Account) -> None:
    """Incident 15: a human took over and the bot went on talking."""
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("one"), TextPart("two")))))
    async with house.app.unit(agency.id) as unit:
        leaving = await deliveries.claim_next(unit, event.conversation_id, "w1")
        assert leaving
        assert await conversations.take(unit, event.conversation_id, "ana") == [leaving.id]
    async with house.app.unit(agency.id) as unit:
        assert await deliveries.claim_next(unit, event.conversation_id, "w1") is None
        assert [d.text for d in await deliveries.list_deliveries(unit, ["dropped"])] == ["two"]


async def test_a_turn_thought_before_a_take_over_says_nothing(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    async with house.app.unit(agency.id) as unit:
        await conversations.take(unit, event.conversation_id, "ana")
    with pytest.raises(LeaseLost):
        await commit(house, turn, outcome(Send((TextPart("too late"),))))


async def test_an_unknown_outcome_stops_the_rest_of_the_reply_only(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("one"), TextPart("two")))))
    await send_in(house, account, message("again", 2))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("three"),))))
    async with house.app.unit(agency.id) as unit:
        one = await deliveries.claim_next(unit, event.conversation_id, "w1")
        assert one
        assert await deliveries.claim_next(unit, event.conversation_id, "w2") is None, (
            "nothing overtakes a send that is leaving"
        )
        await deliveries.settle_unknown(unit, one.id, "no answer")
        three = await deliveries.claim_next(unit, event.conversation_id, "w1")
        assert three
        assert three.decode() == TextPart("three")
        await deliveries.resolve(unit, one.id, "sent", "ana")
        assert [d.text for d in await deliveries.list_deliveries(unit, ["pending"])] == ["two"]


async def test_a_refused_turn_answers_its_messages_without_words(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Refuse("opted out")))
    assert await claim_turn(house, agency, event.conversation_id) is None
