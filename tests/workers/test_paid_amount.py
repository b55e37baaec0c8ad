"""What the platform says that it took, beside what was offered."""

from __future__ import annotations

import pytest

from tests.workers.test_payments import Sale, sale  # noqa: F401 — a fixture


@pytest.mark.parametrize("other", [{"total_amount": 499}, {"total_amount": 501}, {"currency": "USD"}])
async def test_another_amount_than_was_offered_is_shown_to_a_person(sale: Sale, other: dict[str, object]) -> None:  # noqa: F811 — the fixture by its name
    """Telegram tells of a payment that is not the offer's: nothing is handed over, written as sold, or thanked for."""
    bill = await sale.offer()
    taken = {
        "currency": "XTR",
        "total_amount": 500,
        "invoice_payload": bill.payload,
        "telegram_payment_charge_id": "c1",
        **other,
    }
    person = sale.crew.fan.person
    told = {"message_id": 990, "date": 1_780_000_000, "chat": person.as_chat(), "from": person.as_user()}
    sale.crew.bot.feed.push_raw({"message": {**told, "successful_payment": taken}}, sale.crew.fan.id)
    await sale.take_updates()
    await sale.deliver()
    assert await sale.ask("SELECT state FROM raw_events ORDER BY received_at DESC LIMIT 1") == "unmatched"
    assert await sale.ask("SELECT count(*) FROM purchases") == 0
    assert (sale.pictures(), await sale.ask("SELECT count(*) FROM messages WHERE kind = 'purchase'")) == (0, 0)


async def test_an_invoice_that_was_paid_as_offered_is_a_sale(sale: Sale) -> None:  # noqa: F811 — as above
    await sale.pay(await sale.offer())
    assert ((await sale.bought()).amount, (await sale.bought()).unit) == (500, "XTR")
