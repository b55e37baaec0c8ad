"""One pack in two open offers: who pays both gets one payment back, keeps the pack, and is thanked once."""

from __future__ import annotations

import asyncio

import pytest

from core.inbound import InboundPurchase, Sender
from core.nouns import TurnInput
from core.outbound import TextPart
from core.turns import Outcome, Send, Trace
from storage import links, purchases
from storage.ingress import Arrival, ingest
from storage.ledger import check_ledger
from storage.links import Claim
from tests.workers.conftest import Crew
from tests.workers.test_payments import Sale, sale, swept  # noqa: F401 — a fixture
from workers.jobs.answer_checkout import answer_checkout
from workers.jobs.deliver_messages import deliver_messages
from workers.jobs.refund_purchase import refund_purchase

THANKS = "thank you"


async def thank(turn: TurnInput) -> Outcome:
    """Thank for each purchase of the burst."""
    bought = [message for message in turn.burst if message.kind == "purchase"]
    return Outcome(Send((TextPart(" ".join([THANKS] * len(bought)) or "hm"),)), Trace("test"))


async def give_back(sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    """Run the refunds that wait."""
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        rows = await purchases.list_purchases(unit)
    for row in rows:
        await refund_purchase(sale.crew.ctx, sale.where[0], str(row.id))
    await sale.take_updates()


async def thanks(sale: Sale) -> int:  # noqa: F811 — the fixture by its name
    """Think what waits, and count the thanks that the fan has read."""
    sale.crew.thinker.answer = thank
    await sale.crew.think()
    await deliver_messages(sale.crew.ctx, *sale.where)
    return sum(text.count(THANKS) for text in sale.crew.said())


async def test_of_two_unlocked_offers_of_one_pack_the_second_is_given_back(sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    await sale.ask("UPDATE accounts SET options = '{}'")
    first, second = await sale.offer(), await sale.offer()
    for offer in (first, second):
        sale.crew.fan.buy(sale.crew.bot, offer)
    await sale.take_updates()
    assert sale.crew.bot.stars == 1000
    assert await thanks(sale) == 1, sale.crew.said()
    assert "RefundPurchase" in await swept(sale)
    await give_back(sale)
    assert sale.crew.bot.stars == 500
    assert await sale.ask("SELECT count(*) FROM holdings") == 1
    assert await sale.ask("SELECT reason FROM refund_orders") == "The fan owned it already."
    assert await sale.ask("SELECT count(*) FROM purchases p JOIN offers o ON o.id = p.offer_id WHERE p.amount = o.amount") == 2
    assert await thanks(sale) == 1, sale.crew.said()
    house = sale.crew.engine.house
    broken = {violation.invariant for violation in await check_ledger(house.app, house.sweep)}
    assert broken <= {"answered_by_nobody"}, "the fixture answers the first hello by hand"


async def test_two_bills_for_one_pack_are_not_both_paid(sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    first, second = await sale.offer(), await sale.offer()
    paying = [asyncio.create_task(sale.crew.fan.pay(sale.crew.bot, bill)) for bill in (first, second)]
    await asyncio.sleep(0)
    await sale.take_updates()
    await asyncio.gather(*(answer_checkout(sale.crew.ctx, *sale.where) for _ in range(3)))
    assert sum(entry is not None for entry in await asyncio.gather(*paying)) == 1
    assert "paying for this just now" in await sale.ask("SELECT reason FROM checkouts WHERE NOT accepted")


async def test_a_linked_fan_who_pays_for_it_elsewhere_gets_it_back(sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    first = await sale.offer()
    tom = sale.crew.simulator.add_user("Tom")
    tom.start(sale.crew.bot)
    await sale.take_updates()
    other = await sale.ask("SELECT id FROM conversations WHERE id <> $1", sale.chat)
    await sale.ask("UPDATE messages SET answered_at = now()")
    payload = await sale.ask("SELECT payload FROM offers")
    await sale.ask(
        "INSERT INTO offers SELECT gen_random_uuid(), agency_id, pack_id, c.fan_id, c.id, NULL, amount, unit, 'toms'"
        " FROM offers, (SELECT id, fan_id FROM conversations WHERE id = $1) c",
        other,
    )
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        fans = [row["fan_id"] for row in await unit.connection.fetch("SELECT fan_id FROM conversations")]
        await links.link(unit, fans[0], fans[1], Claim("operator", "she says so", 0.9, "ana"))
    await sale.pay(first)
    await ingest(sale.crew.engine.house.app, [arrival(sale, "toms", str(tom.id))])
    assert payload != "toms"
    assert await sale.ask("SELECT p.event_key FROM refund_orders f JOIN purchases p ON p.id = f.purchase_id") == "buy-toms"
    assert await sale.ask("SELECT count(*) FROM messages WHERE kind = 'purchase'") == 1


def arrival(sale: Sale, payload: str, handle: str) -> Arrival:  # noqa: F811 — the fixture by its name
    """Return the news that a payload was paid."""
    event = InboundPurchase(
        event_key=f"buy-{payload}",
        at=sale.crew.engine.clock.now(),
        sender=Sender(handle),
        conversation_key=handle,
        payload=payload,
        charge_key=f"charge-{payload}",
    )
    return Arrival(sale.crew.account, event, b"{}", "corr", 0.0, 0.0)


async def test_a_purchase_that_is_told_again_and_while_a_turn_is_thought_is_thanked_once(sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    await sale.offer()
    payload = await sale.ask("SELECT payload FROM offers")
    house, told = sale.crew.engine.house, arrival(sale, payload, str(sale.crew.fan.id))

    async def meanwhile(turn: TurnInput) -> Outcome:
        """Hear of the purchase while this turn is thought."""
        sale.crew.thinker.answer = thank
        await asyncio.gather(*(ingest(house.app, [told]) for _ in range(3)))
        return await thank(turn)

    sale.crew.fan.send_text(sale.crew.bot, "hm, let me see")
    await sale.take_updates()
    sale.crew.thinker.answer = meanwhile
    await sale.crew.think()
    await ingest(house.app, [told])
    assert await thanks(sale) == 1, sale.crew.said()
    assert await sale.ask("SELECT count(*) FROM messages WHERE kind = 'purchase'") == 1


async def test_a_persona_that_ignores_what_comes_meanwhile_still_thanks(crew: Crew, sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    await sale.ask(
        "UPDATE persona_versions SET document = jsonb_set(document, '{pace}', coalesce(document -> 'pace', '{}')"
        ' || \'{"overlap": "ignore"}\')'
    )
    await sale.offer()
    payload = await sale.ask("SELECT payload FROM offers")
    told = arrival(sale, payload, str(crew.fan.id))

    async def meanwhile(turn: TurnInput) -> Outcome:
        crew.thinker.answer = thank
        await ingest(crew.engine.house.app, [told])
        return await thank(turn)

    crew.fan.send_text(crew.bot, "hm")
    await sale.take_updates()
    crew.thinker.answer = meanwhile
    await crew.think()
    assert await thanks(sale) == 1, sale.crew.said()


@pytest.mark.parametrize("rating", ["suggestive", "adult"])
async def test_a_pack_that_the_platform_forbids_does_not_leave_nor_is_it_paid(sale: Sale, rating: str) -> None:  # noqa: F811 — the fixture by its name
    bill = await sale.offer()
    await sale.ask("UPDATE packs SET rating = $1", rating)
    assert (await sale.pay(bill) is not None) == (rating == "suggestive")
