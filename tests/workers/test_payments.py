"""Selling by invoice, from the question before the payment to the pictures after it, and giving payments back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct, structs

from core.inbound import InboundPurchase, Sender
from core.nouns import TurnInput
from core.outbound import PackPart
from core.turns import OfferPack, Outcome, Send, Trace
from evals.simulators.telegram import Entry
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage import checkouts, conversations, deliveries, purchases
from storage.accounts import put_account
from storage.ingress import Arrival, ingest
from storage.jobs import QUEUE
from storage.packs import list_shelf, pack_pictures
from storage.purchases import PurchaseRow
from tests.shop.world import build_pack_part, open_shop
from tests.workers.conftest import Crew
from workers.jobs.answer_checkout import answer_checkout
from workers.jobs.deliver_messages import deliver_messages
from workers.jobs.hand_over import hand_over
from workers.jobs.refund_purchase import refund_purchase
from workers.jobs.sweep import sweep_house

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


class Sale(Struct):
    """A fan's chat in which packs are offered; `cursor` is how far updates were taken."""

    crew: Crew
    chat: UUID
    cursor: str | None = None

    @property
    def where(self) -> tuple[str, str]:
        """Return what a job of the chat is given."""
        return str(self.crew.account.agency_id), str(self.chat)

    @property
    def telegram(self) -> TelegramPlatform:
        """Return the adapter."""
        found = self.crew.engine.platforms["telegram"]
        assert isinstance(found, TelegramPlatform)
        return found

    async def take_updates(self) -> list[Any]:
        """Take in what Telegram holds, as a listener would."""
        if not any(update_id >= int(self.cursor or 0) for update_id in self.crew.bot.feed.pending):
            return []  # a poll would wait
        bodies, self.cursor = await self.telegram.poll(self.crew.account, self.cursor)
        arrivals = [Arrival(self.crew.account, e, raw, f"corr-{e.event_key}", 0.0, 0.0) for raw, es in bodies for e in es]
        await ingest(self.crew.engine.house.app, arrivals)
        return [arrival.event for arrival in arrivals]

    async def offer(self) -> Entry:
        """Let the agent offer the pack of the sea, and the fan see it."""
        self.crew.fan.send_text(self.crew.bot, "pictures?")
        await self.take_updates()
        await self.crew.think()
        await deliver_messages(self.crew.ctx, *self.where)
        return self.crew.fan.chat(self.crew.bot).messages()[-1]

    async def pay(self, bill: Entry) -> Entry | None:
        """Let the fan pay a bill: the question is answered by the job."""
        paying = asyncio.create_task(self.crew.fan.pay(self.crew.bot, bill))
        await asyncio.sleep(0)
        await self.take_updates()
        await answer_checkout(self.crew.ctx, *self.where)
        paid = await paying
        await self.take_updates()
        return paid

    async def deliver(self) -> None:
        """Run the jobs that a purchase wakes."""
        await hand_over(self.crew.ctx, *self.where)
        await deliver_messages(self.crew.ctx, *self.where)

    def pictures(self) -> int:
        """Count the open pictures that the fan sees."""
        return len(self.crew.fan.chat(self.crew.bot).messages(kind="photo"))

    async def ask(self, statement: str, *arguments: Any) -> Any:
        """Read one value, inside the agency."""
        async with self.crew.engine.house.app.unit(self.crew.account.agency_id) as unit:
            return await unit.connection.fetchval(statement, *arguments)

    async def bought(self) -> PurchaseRow:
        """Return the one purchase."""
        async with self.crew.engine.house.app.unit(self.crew.account.agency_id) as unit:
            (row,) = await purchases.list_purchases(unit)
            return row

    async def refund(self) -> None:
        """Order a refund and run its job."""
        row = await self.bought()
        async with self.crew.engine.house.app.unit(self.crew.account.agency_id) as unit:
            await purchases.order_refund(unit, row.id, "ana")
        await refund_purchase(self.crew.ctx, self.where[0], str(row.id))


@pytest.fixture
async def sale(crew: Crew) -> Sale:
    """Start a chat with an agent that offers the sea, sold by invoice."""
    house, agency = crew.engine.house, crew.account.agency_id
    shop = await open_shop(house, crew.account)
    async with house.app.unit(agency) as unit:
        await put_account(unit, house.seal, structs.replace(crew.account, options={"sell_by": "invoice"}))
        _, items = await pack_pictures(unit, shop.packs["sea"])
    for item in items:
        await house.blobs.put(item.blob_key, PIXEL, "image/png")

    async def offer(turn: TurnInput) -> Outcome:
        async with house.app.unit(agency) as unit:
            found = await list_shelf(unit, turn.influencer.id, turn.fan.id, "telegram", None, "")
            part: PackPart = await build_pack_part(unit, next(pack for pack in found if pack.slug == "sea"))
        return Outcome(
            Send((part,)), Trace("test"), (OfferPack(part.offer_id, part.pack_id, part.price, part.payload, asked=True),)
        )

    crew.thinker.answer = offer
    started = Sale(crew, UUID(int=0))
    await started.take_updates()
    started.chat = await started.ask("SELECT id FROM conversations")
    await started.ask("UPDATE messages SET answered_at = now()")
    return started


async def test_a_pack_sold_by_invoice_comes_open_and_once(sale: Sale) -> None:
    bill = await sale.offer()
    assert (bill.kind, bill.price) == ("invoice", 500)
    assert await sale.pay(bill) is not None
    assert (await sale.bought()).handover_state == "waiting"
    for _ in range(3):
        await asyncio.gather(*(sale.deliver() for _ in range(3)))
    assert sale.pictures() == 2
    assert (await sale.bought()).handover_state == "done"


async def test_a_replayed_payment_hands_nothing_over_again(sale: Sale) -> None:
    paid = await sale.pay(await sale.offer())
    await sale.deliver()
    assert paid
    assert paid.update_id
    raw = sale.crew.bot.feed.history[paid.update_id]["message"]
    sale.crew.bot.feed.push_raw({"message": raw}, sale.crew.fan.id)  # the same payment under another number
    await sale.take_updates()
    await sale.deliver()
    assert sale.pictures() == 2
    assert await sale.ask("SELECT count(*) FROM handovers") == 1


async def test_a_second_charge_for_one_offer_is_shown_to_a_person(sale: Sale) -> None:
    bill = await sale.offer()
    await sale.pay(bill)
    event = InboundPurchase(
        event_key="twice",
        at=sale.crew.engine.clock.now(),
        sender=Sender(str(sale.crew.fan.id)),
        conversation_key=str(sale.crew.fan.id),
        payload=bill.payload,
        charge_key="another",
        hand_over=True,
    )
    await ingest(sale.crew.engine.house.app, [Arrival(sale.crew.account, event, b"{}", "corr", 0.0, 0.0)])
    assert await sale.ask("SELECT state FROM raw_events WHERE event_key = 'twice'") == "unmatched"
    assert await sale.ask("SELECT count(*) FROM handovers") == 1


async def test_bought_pictures_leave_although_the_conversation_changes_hands(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    await hand_over(sale.crew.ctx, *sale.where)
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        await conversations.take(unit, sale.chat, "ana")
    await deliver_messages(sale.crew.ctx, *sale.where)
    assert sale.pictures() == 0, "what the agent had to say was dropped, and this with it"
    for _ in range(2):
        await sale.deliver()
    assert sale.pictures() == 2
    assert (await sale.bought()).handover_state == "done"


async def test_a_sender_that_dies_with_bought_pictures_sends_them_no_second_time(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    sale.crew.simulator.faults.drop_after("sendMediaGroup")
    for _ in range(3):
        await sale.deliver()
    assert sale.pictures() == 2
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        assert len(await deliveries.list_deliveries(unit, ["unknown"])) == 1
    assert (await sale.bought()).handover_state == "done", "it waits for a person as a delivery"


async def test_what_is_given_back_before_it_leaves_is_not_handed_over(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    await sale.refund()
    await sale.deliver()
    assert sale.pictures() == 0
    assert (await sale.bought()).handover_state == "withdrawn"


async def test_paid_media_is_shown_by_telegram_itself(sale: Sale) -> None:
    await sale.ask("UPDATE accounts SET options = '{}'")
    offer = await sale.offer()
    assert offer.kind == "paid_media"
    sale.crew.fan.buy(sale.crew.bot, offer)
    await sale.take_updates()
    await sale.deliver()
    assert (sale.pictures(), (await sale.bought()).handover_state) == (0, None)


async def test_a_price_that_changed_or_a_withdrawn_pack_is_not_paid(sale: Sale) -> None:
    bill = await sale.offer()
    await sale.ask("UPDATE pack_prices SET amount = 900")
    assert await sale.pay(bill) is None
    assert "doesn't stand" in await sale.ask("SELECT reason FROM checkouts")
    assert sale.crew.simulator.calls_of("answerPreCheckoutQuery")[0].params.text("error_message").endswith("charged.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE checkouts SET payload = 'nothing'", "isn't meant for you"),
        ("UPDATE checkouts SET amount = 1", "price of this offer"),
        ("UPDATE checkouts SET unit = 'EUR'", "price of this offer"),
        ("UPDATE packs SET active = false", "doesn't stand"),
        ("UPDATE offers SET amount = 499", "price of this offer"),
    ],
)
async def test_only_the_offer_as_it_stands_is_paid(sale: Sale, change: str, words: str) -> None:
    bill = await sale.offer()
    paying = asyncio.create_task(sale.crew.fan.pay(sale.crew.bot, bill))
    await asyncio.sleep(0)
    await sale.take_updates()
    await sale.ask(change)
    await answer_checkout(sale.crew.ctx, *sale.where)
    assert await paying is None
    assert words in await sale.ask("SELECT reason FROM checkouts WHERE answered_at IS NOT NULL AND NOT accepted")


async def test_somebody_elses_offer_is_not_paid(sale: Sale) -> None:
    bill = await sale.offer()
    tom = sale.crew.simulator.add_user("Tom")
    tom.start(sale.crew.bot)
    paying = asyncio.create_task(tom.pay(sale.crew.bot, bill))
    await asyncio.sleep(0)
    await sale.take_updates()
    chat = await sale.ask("SELECT conversation_id FROM checkouts")
    assert chat != sale.chat
    await answer_checkout(sale.crew.ctx, sale.where[0], str(chat))
    assert await paying is None


async def test_of_two_payments_for_one_offer_one_goes_on(sale: Sale) -> None:
    bill = await sale.offer()
    paying = [asyncio.create_task(sale.crew.fan.pay(sale.crew.bot, bill)) for _ in range(2)]
    await asyncio.sleep(0)
    await sale.take_updates()
    await asyncio.gather(*(answer_checkout(sale.crew.ctx, *sale.where) for _ in range(3)))
    paid = await asyncio.gather(*paying)
    assert sum(entry is not None for entry in paid) == 1
    assert await sale.ask("SELECT count(*) FROM checkouts WHERE accepted") == 1


async def test_who_decides_about_a_payment_keeps_others_of_the_chat_waiting(sale: Sale) -> None:
    """Two workers at the same moment must not both see that nobody else is paying."""
    house, agency = sale.crew.engine.house, sale.crew.account.agency_id
    bill = await sale.offer()
    paying = [asyncio.create_task(sale.crew.fan.pay(sale.crew.bot, bill, seconds=0.01)) for _ in range(2)]
    await asyncio.gather(*paying)
    await sale.take_updates()

    async def second() -> bool:
        async with house.app.unit(agency) as unit:
            other = (await checkouts.open_checkouts(unit, sale.chat))[-1]
            return (await checkouts.load_checkout(unit, other)).being_paid

    async with house.app.unit(agency) as unit:
        first = (await checkouts.open_checkouts(unit, sale.chat))[0]
        looking = asyncio.create_task(second())
        await asyncio.sleep(0.3)  # without the lock it is done by now
        await checkouts.decide(unit, first, None)
    assert await looking


async def test_an_owned_pack_is_not_paid_again(sale: Sale) -> None:
    first, second = await sale.offer(), await sale.offer()
    assert await sale.pay(first) is not None
    assert await sale.pay(second) is None


async def test_an_answer_that_telegram_takes_no_more_is_no_yes(sale: Sale) -> None:
    bill = await sale.offer()
    assert await sale.crew.fan.pay(sale.crew.bot, bill, seconds=0.01) is None
    await sale.take_updates()
    await answer_checkout(sale.crew.ctx, *sale.where)
    assert await sale.ask("SELECT accepted FROM checkouts WHERE answered_at IS NOT NULL") is False
    assert "too old" in await sale.ask("SELECT reason FROM checkouts")


async def test_a_lost_answer_is_given_again_and_says_the_same(sale: Sale) -> None:
    bill = await sale.offer()
    sale.crew.simulator.faults.drop_before("answerPreCheckoutQuery")
    paying = asyncio.create_task(sale.crew.fan.pay(sale.crew.bot, bill))
    await asyncio.sleep(0)
    await sale.take_updates()
    await answer_checkout(sale.crew.ctx, *sale.where)
    assert await sale.ask("SELECT accepted AND answered_at IS NULL FROM checkouts")
    await answer_checkout(sale.crew.ctx, *sale.where)
    assert await paying is not None


async def test_the_sweep_finds_payments_pictures_and_refunds(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    row = await sale.bought()
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        await purchases.order_refund(unit, row.id, "ana")
    await sale.ask("UPDATE checkouts SET answered_at = NULL")
    assert await swept(sale) >= {"AnswerCheckout", "HandOver", "RefundPurchase"}
    await sale.ask("UPDATE checkouts SET asked_at = now() - interval '11 seconds'")
    assert "AnswerCheckout" not in await swept(sale), "nobody waits for an answer any more"


async def swept(sale: Sale) -> set[str]:
    """Sweep with an empty Redis, and return which jobs were woken."""
    redis = sale.crew.engine.house.redis
    await redis.flushall()
    await sweep_house(sale.crew.ctx)
    return {job.function for job in await redis.queued_jobs(queue_name=QUEUE)}


@pytest.mark.parametrize("way", ["invoice", "paid_media"])
async def test_a_payment_is_given_back_and_the_pack_is_for_sale_again(sale: Sale, way: str) -> None:
    await sale.ask("UPDATE accounts SET options = jsonb_build_object('sell_by', $1::text)", way)
    offer = await sale.offer()
    if way == "invoice":
        await sale.pay(offer)
    else:
        sale.crew.fan.buy(sale.crew.bot, offer)
        await sale.take_updates()
    await sale.refund()
    await sale.take_updates()  # Telegram tells of it too
    row = await sale.bought()
    assert (row.refund_state, row.refund_ordered_by, row.refunded_at is None) == ("done", "ana", False)
    assert await sale.ask("SELECT refunded_by FROM refunds") == "ana"
    assert sale.crew.bot.stars == 0
    again = await sale.offer()
    assert (again.kind, again.price) == (offer.kind, 500)


async def test_a_refund_may_be_tried_as_often_as_it_takes(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    sale.crew.simulator.faults.drop_after("refundStarPayment")
    await sale.refund()
    row = await sale.bought()
    assert (row.refund_state, row.refunded_at) == ("waiting", None)
    await sale.ask("UPDATE refund_orders SET not_before = now()")
    await refund_purchase(sale.crew.ctx, sale.where[0], str(row.id))
    assert (await sale.bought()).refund_state == "done"
    assert sale.crew.bot.stars == 0, "given back once"


async def test_a_refund_that_telegram_refuses_waits_for_a_person(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    sale.crew.bot.charges.clear()
    await sale.refund()
    row = await sale.bought()
    assert (row.refund_state, row.refunded_at) == ("refused", None)
    assert "CHARGE_ID_INVALID" in (row.refund_error or "")


async def test_a_refund_by_telegram_itself_is_known(sale: Sale) -> None:
    await sale.pay(await sale.offer())
    (charge,) = sale.crew.bot.charges
    await sale.telegram.refund(sale.crew.account, str(sale.crew.fan.id), charge, "", datetime.now(UTC))
    await sale.take_updates()
    assert (await sale.bought()).refunded_at is not None
    assert await sale.ask("SELECT refunded_by FROM refunds") == "telegram"
