"""Incident 7: resuming an approval ran the side effects again. Here a draft is decided once, whoever presses how often."""

from __future__ import annotations

import asyncio

from core.errors import Refused
from core.ids import new_id
from core.money import Money
from core.nouns import Account
from core.outbound import TextPart
from core.turns import Hold, OfferPack, Outcome, Trace
from storage import deliveries, drafts
from storage.drafts import Desk, Draft
from storage.house import House
from tests.conftest import Agency
from tests.storage.ledger_steps import commit, how, take_turn, whole
from tests.storage.world import NOON, message, send_in


async def test_a_draft_that_is_approved_many_times_becomes_true_once(house: House, agency: Agency, account: Account) -> None:
    made: list[object] = []

    async def offer(_unit: object, _context: object, effect: OfferPack) -> None:
        made.append(effect.offer_id)

    (event,) = await send_in(house, account, message("pictures?", 1))
    assert event.conversation_id
    turn = await take_turn(house, agency.id, event.conversation_id)
    effect = OfferPack(new_id(), new_id(), Money(900, "USD"), "payload")
    await commit(house, turn, Outcome(Hold("approval", (TextPart("look"),)), Trace("t"), (effect,)), how({OfferPack: offer}))
    assert made == [], "held, it is not true yet"
    async with house.app.unit(agency.id) as unit:
        (draft,) = await drafts.held_drafts(unit, event.conversation_id)

    async def approve(operator: str) -> Draft:
        desk = Desk(operator, account, whole, {OfferPack: offer}, NOON, "corr")
        async with house.app.unit(agency.id) as unit:
            return await drafts.approve(unit, draft.id, desk)

    answers = await asyncio.gather(*(approve("ana") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, Draft) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 4
    assert made == [effect.offer_id]
    async with house.app.unit(agency.id) as unit:
        assert [row.text for row in await deliveries.list_deliveries(unit, ["pending"])] == ["look"]
