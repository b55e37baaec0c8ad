"""Stars: invoices, the question before a payment, pictures that were paid for, refunds and reactions."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web
from msgspec.structs import replace

from core.clock import Clock
from core.errors import BadInput, NotFound, OutcomeUnknown, Refused, Unavailable
from core.inbound import InboundCheckout, InboundOther, InboundPurchase, InboundReaction, InboundRefund, Sender
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, FilesPart, PackPart
from core.platforms import Checkouts, Pushing, Refunder
from core.ports import Blobs
from evals.simulators.telegram import Bot, Entry, TelegramSimulator, TelegramUser
from gateway.platforms.telegram.adapter import TelegramPlatform

FIXTURES = Path(__file__).parent / "fixtures"
JONAS = Sender(handle="501001", username="jonasw", display_name="Jonas Weber", language="de")


def asset(number: int) -> AssetRef:
    return AssetRef(UUID(int=number), f"{number}.jpg", "image/jpeg", 320, 240)


def pack(**changes: object) -> PackPart:
    part = PackPart(UUID(int=5), UUID(int=6), "Beach day", "Sun, sand", Money(250, "XTR"), "offer:6", None, (asset(1),))
    return replace(part, **changes)


@pytest.fixture
def seller(luna: Account) -> Account:
    return replace(luna, options={"sell_by": "invoice"})


@pytest.fixture
async def shelf(blobs: Blobs, picture: bytes) -> Blobs:
    for number in range(1, 13):
        await blobs.put(f"{number}.jpg", picture, "image/jpeg")
    return blobs


def read(telegram: TelegramPlatform, account: Account, name: str):
    (event,) = telegram.parse(account, (FIXTURES / f"{name}.json").read_bytes())
    return event


def test_the_adapter_can_all_of_it(telegram: TelegramPlatform) -> None:
    assert isinstance(telegram, Checkouts)
    assert isinstance(telegram, Refunder)
    assert isinstance(telegram, Pushing)


def test_a_checkout_asks_for_an_offer_at_a_price(telegram: TelegramPlatform, account: Account, clock: Clock) -> None:
    assert read(telegram, account, "pre_checkout_query") == InboundCheckout(
        event_key="880001023",
        at=clock.now(),
        sender=JONAS,
        conversation_key="501001",
        query_key="77",
        payload="offer:2",
        amount=250,
        unit="XTR",
    )


def test_a_refund_names_charge_and_offer(telegram: TelegramPlatform, account: Account) -> None:
    event = read(telegram, account, "refunded_payment")
    assert isinstance(event, InboundRefund)
    assert (event.conversation_key, event.charge_key, event.payload) == ("501001", "stxQ1", "offer:2")
    assert event.at == datetime.fromtimestamp(1790000090, UTC)


def test_reactions_come_as_all_that_stand_now(telegram: TelegramPlatform, account: Account) -> None:
    event = read(telegram, account, "message_reaction")
    assert isinstance(event, InboundReaction)
    assert (event.conversation_key, event.message_key, event.sender) == ("501001", "31", JONAS)
    assert event.emoji == ("❤", "custom:5368324170671202286", "⭐")
    assert read(telegram, account, "message_reaction_taken_back").emoji == ()
    assert isinstance(read(telegram, account, "message_reaction_by_nobody"), InboundOther)


async def sell(telegram: TelegramPlatform, seller: Account, mia: TelegramUser, bot: Bot, part: PackPart) -> Entry:
    await telegram.send(seller, str(mia.id), part, "k")
    (bill,) = mia.chat(bot).messages(kind="invoice")
    return bill


async def test_a_pack_is_sold_by_invoice(
    telegram: TelegramPlatform, seller: Account, mia: TelegramUser, bot: Bot, simulator: TelegramSimulator
) -> None:
    _updates, cursor = await telegram.poll(seller, None)
    bill = await sell(telegram, seller, mia, bot, pack())
    assert (bill.price, bill.text, bill.payload) == (250, "Beach day", "offer:6")
    (call,) = simulator.calls_of("sendInvoice")
    assert call.params.text("description") == "Sun, sand"
    assert call.params.text("start_parameter"), "a forwarded copy has no button to pay"
    paying = asyncio.create_task(mia.pay(bot, bill))
    [(_raw, [asked])], cursor = await telegram.poll(seller, cursor)
    assert isinstance(asked, InboundCheckout)
    await telegram.answer_checkout(seller, asked.query_key, None)
    assert await paying is not None
    [(_raw, [bought])], _cursor = await telegram.poll(seller, cursor)
    assert isinstance(bought, InboundPurchase)
    assert (bought.payload, bought.hand_over, bought.paid) == ("offer:6", True, Money(250, "XTR"))
    assert bought.charge_key


async def test_an_invoice_keeps_to_telegrams_lengths(
    telegram: TelegramPlatform, seller: Account, mia: TelegramUser, bot: Bot, simulator: TelegramSimulator
) -> None:
    bill = await sell(telegram, seller, mia, bot, pack(title="A very long day at a very warm beach", caption="sun " * 200))
    assert bill.text == "A very long day at a very warm…"
    (call,) = simulator.calls_of("sendInvoice")
    assert len(call.params.text("description")) <= 255
    assert call.params.text("description").endswith("sun…")


@pytest.mark.parametrize("changes", [{"price": Money(999, "USD")}, {"price": Money(25_001, "XTR")}, {"payload": ""}])
async def test_an_invoice_outside_the_limits_is_refused_before_it_leaves(
    telegram: TelegramPlatform, seller: Account, mia: TelegramUser, simulator: TelegramSimulator, changes: dict[str, object]
) -> None:
    with pytest.raises(BadInput):
        await telegram.send(seller, str(mia.id), pack(**changes), "k")
    assert simulator.calls == []


async def test_a_payment_is_refused_in_words(
    telegram: TelegramPlatform, seller: Account, mia: TelegramUser, bot: Bot, simulator: TelegramSimulator
) -> None:
    bill = await sell(telegram, seller, mia, bot, pack())
    paying = asyncio.create_task(mia.pay(bot, bill))
    updates, _cursor = await telegram.poll(seller, None)
    await telegram.answer_checkout(seller, updates[-1][1][0].query_key, "Sorry, sold out.")
    assert await paying is None
    assert simulator.calls_of("answerPreCheckoutQuery")[0].params.text("error_message") == "Sorry, sold out."
    assert bill.locked
    with pytest.raises(Refused, match="too old"):
        await telegram.answer_checkout(seller, updates[-1][1][0].query_key, None)


async def test_an_answer_to_a_payment_may_be_tried_again(
    telegram: TelegramPlatform, seller: Account, simulator: TelegramSimulator
) -> None:
    simulator.faults.drop_after("answerPreCheckoutQuery")
    with pytest.raises(Unavailable):
        await telegram.answer_checkout(seller, "1", None)


@pytest.mark.parametrize(("count", "calls"), [(1, ["sendPhoto"]), (2, ["sendMediaGroup"]), (12, ["sendMediaGroup"] * 2)])
async def test_paid_pictures_are_shown_openly(
    telegram: TelegramPlatform,
    luna: Account,
    mia: TelegramUser,
    bot: Bot,
    simulator: TelegramSimulator,
    shelf: Blobs,
    count: int,
    calls: list[str],
) -> None:
    part = FilesPart(UUID(int=8), "Beach day", tuple(asset(number) for number in range(1, count + 1)))
    sent = [await telegram.send(luna, str(mia.id), piece, "k") for piece in telegram.split(part)]
    shown = mia.chat(bot).messages(kind="photo")
    assert [call.method for call in simulator.calls] == calls
    assert [key for one in sent for key in one.platform_ids] == [str(entry.message_id) for entry in shown]
    assert (len(shown), {entry.locked for entry in shown}) == (count, {False})


async def test_pictures_that_are_not_to_be_had_are_not_sent(telegram: TelegramPlatform, luna: Account, chat: str) -> None:
    with pytest.raises(NotFound):
        await telegram.send(luna, chat, FilesPart(UUID(int=8), "Beach day", (asset(99),)), "k")
    with pytest.raises(BadInput):
        await telegram.send(luna, chat, FilesPart(UUID(int=8), "Beach day", ()), "k")


async def test_lost_pictures_are_an_unknown_outcome(
    telegram: TelegramPlatform, luna: Account, chat: str, simulator: TelegramSimulator, shelf: Blobs
) -> None:
    simulator.faults.drop_after("sendMediaGroup")
    with pytest.raises(OutcomeUnknown):
        await telegram.send(luna, chat, FilesPart(UUID(int=8), "Beach day", (asset(1), asset(2))), "k")


async def test_stars_are_given_back_as_often_as_asked(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot
) -> None:
    charge = bot.charge(mia.person, 250, "offer:6", "invoice")
    for _ in range(2):
        await telegram.refund(luna, str(mia.id), charge.id, "offer:6", datetime.now(UTC))
    assert (charge.refunded, bot.stars) == (True, 0)
    updates, _cursor = await telegram.poll(luna, None)
    back = updates[-1][1][0]
    assert isinstance(back, InboundRefund)
    assert (back.charge_key, back.conversation_key) == (charge.id, str(mia.id))


async def test_the_charge_of_paid_media_is_found_among_the_transactions(
    telegram: TelegramPlatform, luna: Account, simulator: TelegramSimulator, mia: TelegramUser, bot: Bot
) -> None:
    other = simulator.add_user("Tom")
    for number in range(120):
        bot.charge(other.person, 1, f"offer:{number}", "invoice")
    wanted = bot.charge(mia.person, 250, "offer:6", "paid_media")
    await telegram.refund(luna, str(mia.id), None, "offer:6", datetime.now(UTC))
    assert [charge.id for charge in bot.charges.values() if charge.refunded] == [wanted.id]
    with pytest.raises(NotFound):
        await telegram.refund(luna, str(mia.id), None, "offer:7", datetime.now(UTC))


@pytest.mark.parametrize("place", [0, 99, 100, 350, 698, 699])
async def test_a_charge_is_found_by_its_time_however_many_came_before_and_after(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """Telegram lists the oldest first; a busy bot's latest sales are hundreds of pages away."""
    monkeypatch.setattr("gateway.platforms.telegram.payments.PAGES", 2)
    charges = [bot.charge(mia.person, 1, f"offer:{number}", "paid_media") for number in range(700)]
    for number, charge in enumerate(charges):
        charge.date = 1_790_000_000 + 3600 * number
    heard = datetime.fromtimestamp(charges[place].date + 1800, UTC)
    await telegram.refund(luna, str(mia.id), None, f"offer:{place}", heard)
    assert [charge.payload for charge in charges if charge.refunded] == [f"offer:{place}"]


async def test_a_refund_that_telegram_refuses_is_told(telegram: TelegramPlatform, luna: Account, mia: TelegramUser) -> None:
    with pytest.raises(BadInput, match="CHARGE_ID_INVALID"):
        await telegram.refund(luna, str(mia.id), "stars-none", "offer:6", datetime.now(UTC))


async def test_the_webhooks_trouble_is_told_with_its_time(answering, luna: Account) -> None:
    info = {
        "url": "https://x",
        "pending_update_count": 7,
        "last_error_date": 1790000000,
        "last_error_message": "Wrong response",
    }
    adapter = await answering(lambda: web.json_response({"ok": True, "result": info}))
    state = await adapter.push_state(luna)
    assert (state.waiting, state.last_error) == (7, "Wrong response")
    assert state.last_error_at == datetime.fromtimestamp(1790000000, UTC)


async def test_reactions_are_asked_for(
    telegram: TelegramPlatform, luna: Account, mia: TelegramUser, bot: Bot, simulator: TelegramSimulator
) -> None:
    _updates, cursor = await telegram.poll(luna, None)
    mia.react(bot, mia.chat(bot).messages("user")[0], "🔥")
    [(raw, [event])], _cursor = await telegram.poll(luna, cursor)
    assert isinstance(event, InboundReaction)
    assert event.emoji == ("🔥",)
    assert json.loads(raw)["message_reaction"]["old_reaction"] == []
