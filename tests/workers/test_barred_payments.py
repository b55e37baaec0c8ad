"""A fan who said to be under age after an offer: nothing is charged, or all is given back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from core.money import Money
from core.turns import FlagMinor, LimitSpend, OptOut, RestSales
from shop.restraint import limit_spend, note_rest
from storage import links
from storage.conversations import load_conversation
from storage.effects import EffectContext
from storage.fans import apply_opt_out, flag_minor
from storage.links import Claim
from storage.restraint import set_caps
from storage.unit import Unit
from tests.conftest import TestDatabase
from tests.workers.steps import fan_says
from tests.workers.test_http_app import Evening, evening, gateway, http, offer_the_sea, rows  # noqa: F401 — fixtures
from tests.workers.test_paid_twice import give_back, thanks
from tests.workers.test_payments import Sale, sale, swept  # noqa: F401 — a fixture
from workers.jobs.answer_checkout import answer_checkout
from workers.jobs.refund_purchase import refund_purchase

UNDER_AGE = "The fan may be under age."


async def context(unit: Unit, sale: Sale, chat: UUID) -> EffectContext:  # noqa: F811 — the fixture by its name
    """Return where an effect happens."""
    return EffectContext(sale.crew.account, await load_conversation(unit, chat), None)  # type: ignore[arg-type]  # outside a turn


async def other_chat(sale: Sale) -> UUID:  # noqa: F811 — as above
    """Let the same person have a second chat."""
    other = await fan_says(sale.crew, "hi", 1, "elsewhere")
    await sale.ask("UPDATE messages SET answered_at = now()")
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        fans: Sequence[UUID] = [row["fan_id"] for row in await unit.connection.fetch("SELECT fan_id FROM conversations")]
        await links.link(unit, fans[0], fans[1], Claim("operator", "she says so", 0.9, "ana"))
    return other


CHANGES = ("age", "age elsewhere", "stop", "care", "own limit", "cap")


async def change(sale: Sale, what: str) -> None:  # noqa: F811 — as above
    """Let something come between an offer and its payment."""
    chat = await other_chat(sale) if what.endswith("elsewhere") else sale.chat
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        where = await context(unit, sale, chat)
        match what:
            case "age" | "age elsewhere":
                await flag_minor(unit, where, FlagMinor())
            case "stop":
                await apply_opt_out(unit, where, OptOut(out=True))
            case "care":
                await note_rest(unit, where, RestSales("care"))
            case "own limit":
                await limit_spend(unit, where, LimitSpend((Money(499, "XTR"),), "day"))
            case _:
                await set_caps(unit, {"spend": {"XTR": {"day": 499}}})


@pytest.mark.parametrize("what", CHANGES)
async def test_a_bill_is_refused_before_it_is_paid(sale: Sale, what: str) -> None:  # noqa: F811 — as above
    bill = await sale.offer()
    await change(sale, what)
    assert await sale.pay(bill) is None
    assert "Nothing was charged" in await sale.ask("SELECT reason FROM checkouts WHERE NOT accepted")
    assert sale.crew.bot.stars == 0
    assert await sale.ask("SELECT count(*) FROM purchases") == 0


@pytest.mark.parametrize("what", ["age", "age elsewhere"])
async def test_paid_media_is_written_given_back_and_nobody_thanked(sale: Sale, what: str) -> None:  # noqa: F811 — as above
    await sale.ask("UPDATE accounts SET options = '{}'")
    offer = await sale.offer()
    await change(sale, what)
    sale.crew.fan.buy(sale.crew.bot, offer)
    await sale.take_updates()
    assert (await sale.bought()).amount == 500, "money moved, so it is written"
    assert await sale.ask("SELECT reason FROM refund_orders WHERE state = 'waiting'") == UNDER_AGE
    assert await thanks(sale) == 0
    assert await sale.ask("SELECT count(*) FROM messages WHERE kind = 'purchase'") == 0
    assert "RefundPurchase" in await swept(sale)
    await give_back(sale)
    assert sale.crew.bot.stars == 0
    assert await sale.ask("SELECT count(*) FROM holdings") == 0


async def test_a_bill_that_was_let_pass_just_before_is_given_back_and_hands_nothing_over(sale: Sale) -> None:  # noqa: F811 — as above
    """The yes to the payment was given, then came the flag, and then the money."""
    bill = await sale.offer()
    paying = asyncio.create_task(sale.crew.fan.pay(sale.crew.bot, bill, seconds=10))
    await asyncio.sleep(0)
    await sale.take_updates()
    await asyncio.gather(answer_checkout(sale.crew.ctx, *sale.where), paying)
    await change(sale, "age")
    await sale.take_updates()  # the payment itself
    await sale.deliver()
    assert sale.pictures() == 0
    assert await sale.ask("SELECT count(*) FROM handovers") == 0
    assert await sale.ask("SELECT reason FROM refund_orders WHERE state = 'waiting'") == UNDER_AGE
    await give_back(sale)
    assert sale.crew.bot.stars == 0


async def test_an_app_that_sells_to_a_minor_gets_no_picture_for_it(evening: Evening, database: TestDatabase) -> None:  # noqa: F811 — as above
    await offer_the_sea(evening)
    pack = evening.mia.chat.messages()[-1]
    chat = await evening.chat()
    async with evening.crew.engine.house.app.unit(chat.agency_id) as unit:
        await flag_minor(unit, EffectContext(evening.account, chat, None), FlagMinor())  # type: ignore[arg-type]  # outside a turn
    evening.mia.buy(pack)
    await evening.app.feed.drained()
    assert await rows(database, "SELECT amount, unit FROM purchases") == [(799, "USD")]
    assert await rows(database, "SELECT reason, ordered_by FROM refund_orders") == [(UNDER_AGE, "muse")]
    assert await rows(database, "SELECT count(*) FROM messages WHERE kind = 'purchase'") == [(0,)]
    assert isinstance(items := pack.pack["items"], list)
    assert (await evening.read(pack.pack["offer"], items[0]["file"]))[0] == 404, "what is given back opens nothing"
    ((purchase,),) = await rows(database, "SELECT id FROM purchases")
    await refund_purchase(evening.crew.ctx, str(chat.agency_id), str(purchase))
    ((state, error),) = await rows(database, "SELECT state, error FROM refund_orders")
    assert (state, "cannot be given back from here" in str(error)) == ("refused", True), "a person sees to it"
    assert (await evening.read(pack.pack["offer"], items[0]["file"]))[0] == 404
