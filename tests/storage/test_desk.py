"""The operator's desk on a real Postgres: hands, cases, repeats, and what counts as answered."""

from __future__ import annotations

import pytest

from core.errors import BadInput, Refused
from core.ids import new_id
from core.money import Money
from core.nouns import Account
from core.outbound import Sent, TextPart
from core.turns import AskOperator, Hold, OfferPack, Outcome, Refuse, Send, Trace
from storage import conversations, deliveries, drafts
from storage.house import House
from tests.conftest import Agency
from tests.storage.ledger_steps import HANDLERS, claim_turn, commit, gathered, how, outcome, whole
from tests.storage.world import NOON, message, send_in


async def desk_of(house: House, account: Account, operator: str = "ana") -> drafts.Desk:
    return drafts.Desk(operator, account, whole, HANDLERS, NOON, "corr-desk")


async def pending(house: House, agency: Agency) -> list[str]:
    async with house.app.unit(agency.id) as unit:
        return [d.text for d in reversed(await deliveries.list_deliveries(unit, ["pending"]))]


async def test_what_an_operator_answered_the_agent_does_not_answer_again(
    house: House, agency: Agency, account: Account
) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    async with house.app.unit(agency.id) as unit:
        await conversations.take(unit, event.conversation_id, "ana")
    await send_in(house, account, message("when do you open?", 2))
    async with house.app.unit(agency.id) as unit:
        await drafts.write(unit, event.conversation_id, await desk_of(house, account), "At nine.")
        await conversations.hand_back(unit, event.conversation_id, "ana")
    assert await claim_turn(house, agency, event.conversation_id) is None
    assert await pending(house, agency) == ["At nine."], "what ana said still leaves"
    await send_in(house, account, message("thanks", 3))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    assert [m.text for m in (await gathered(house, lease)).burst] == ["thanks"]


async def test_handing_back_what_the_agent_holds_loses_nothing(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("hello"),))))
    async with house.app.unit(agency.id) as unit:
        await conversations.hand_back(unit, event.conversation_id, "ana")
    assert await pending(house, agency) == ["hello"]


async def test_nobody_hands_back_what_another_operator_holds(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    async with house.app.unit(agency.id) as unit:
        await conversations.take(unit, event.conversation_id, "ana")
    with pytest.raises(Refused, match="in the hands of ana"):
        async with house.app.unit(agency.id) as unit:
            await conversations.hand_back(unit, event.conversation_id, "bea")


async def test_taking_twice_keeps_ones_own_words(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    for _ in range(2):
        async with house.app.unit(agency.id) as unit:
            await conversations.take(unit, event.conversation_id, "ana")
            if not await deliveries.list_deliveries(unit, ["pending"]):
                await drafts.write(unit, event.conversation_id, await desk_of(house, account), "one moment")
    assert await pending(house, agency) == ["one moment"]


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
async def test_an_operator_cannot_say_nothing(house: House, agency: Agency, account: Account, text: str) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    async with house.app.unit(agency.id) as unit:
        await conversations.take(unit, event.conversation_id, "ana")
    with pytest.raises(BadInput):
        async with house.app.unit(agency.id) as unit:
            await drafts.write(unit, event.conversation_id, await desk_of(house, account), text)


async def test_an_offer_is_true_only_of_a_reply_that_goes_out(house: House, agency: Agency, account: Account) -> None:
    """A refused or held turn offers nothing yet; what it noted and noticed is true at once."""
    offered, asked = [], []

    async def offer(*_: object) -> None:
        offered.append(1)

    async def ask(*_: object) -> None:
        asked.append(1)

    handlers = {OfferPack: offer, AskOperator: ask}
    effects = (OfferPack(new_id(), new_id(), Money(900, "USD"), "p"), AskOperator("look"))
    for number, verdict in enumerate((Refuse("off"), Hold("approval", (TextPart("buy"),)), Send((TextPart("buy"),)))):
        (event,) = await send_in(house, account, message("hi", number))
        lease = await claim_turn(house, agency, event.conversation_id)
        assert lease
        turn = await gathered(house, lease)
        await commit(house, turn, Outcome(verdict, Trace("t"), effects), how(handlers))
        assert (len(offered), len(asked)) == (number // 2, number + 1)


async def test_a_delivery_is_not_repeated_after_a_change_of_hands(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("one"), TextPart("two")))))
    async with house.app.unit(agency.id) as unit:
        one = await deliveries.claim_next(unit, event.conversation_id, "w1")
        assert one
        await deliveries.settle_unknown(unit, one.id, "no answer")
        await conversations.take(unit, event.conversation_id, "ana")
        with pytest.raises(Refused, match="changed hands"):
            await deliveries.resolve(unit, one.id, "again", "ana")
        await deliveries.resolve(unit, one.id, "not_sent", "ana")
        assert await deliveries.list_deliveries(unit, ["unknown", "stopped"]) == []


async def test_a_late_answer_lets_the_rest_of_the_reply_go_on(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Send((TextPart("one"), TextPart("two")))))
    async with house.app.unit(agency.id) as unit:
        one = await deliveries.claim_next(unit, event.conversation_id, "w1")
        assert one
        await deliveries.settle_unknown(unit, one.id, "slow")
        await deliveries.settle_sent(unit, one.id, one.message_id, Sent(("77",)))
    assert await pending(house, agency) == ["two"]


async def test_a_case_waits_for_a_person_while_the_agent_talks_on(house: House, agency: Agency, account: Account) -> None:
    (event,) = await send_in(house, account, message("refund please", 1))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    turn = await gathered(house, lease)
    assert not turn.waiting_for_operator
    result = Outcome(Send((TextPart("a person will look"),)), Trace("t"), (AskOperator("refund"),))
    await commit(house, turn, result, how({AskOperator: drafts.ask_operator}))
    await send_in(house, account, message("hello?", 2))
    lease = await claim_turn(house, agency, event.conversation_id)
    assert lease
    assert (await gathered(house, lease)).waiting_for_operator
    turn = await gathered(house, lease)
    await commit(house, turn, result, how({AskOperator: drafts.ask_operator}))
    async with house.app.unit(agency.id) as unit:
        assert [d.reason for d in await drafts.held_drafts(unit, event.conversation_id)] == ["refund"], (
            "one case, not one a message"
        )
