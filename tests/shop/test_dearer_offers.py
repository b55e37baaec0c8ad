"""Of two open offers of the same packs a fan pays the cheaper one, as long as it stands and they have seen it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.errors import EffectRefused
from core.ids import new_id
from core.nouns import TurnInput
from core.outbound import PackPart
from core.turns import OfferPack
from shop.catalogue import Catalogue
from shop.checkouts import check_checkout, check_unlock
from shop.offers import apply_offer_pack
from shop.wishes import read_wish
from storage.checkouts import Checkout
from storage.conversations import load_conversation
from storage.house import House
from storage.packs import put_price
from storage.turns import Speech, enqueue_parts
from storage.unit import Unit
from tests.memory.world import WordEmbedder
from tests.shop.promos import look_up, make_promo
from tests.shop.world import TELEGRAM, Shop, buy, context_of, make_part, offer_of, start_turn
from tests.storage.ledger_steps import whole
from tests.storage.world import NOON
from tools.context import ToolContext
from tools.send_pack import SendPack

Door = Callable[[Unit, OfferPack, Shop], Awaitable[None]]


class Table:
    """The sea at 500 Stars, and again, or something else, at a fifth less."""

    def __init__(self, house: House, shop: Shop, turn: TurnInput) -> None:
        self.house, self.shop, self.turn = house, shop, turn

    async def lay(self, part: PackPart, effect: OfferPack, *, seen: bool = True) -> OfferPack:
        """Make an offer true, and let it leave."""
        async with self.house.app.unit(self.shop.account.agency_id) as unit:
            chat = await load_conversation(unit, self.turn.conversation.id)
            context = structs.replace(context_of(self.shop, chat), policy=TELEGRAM)
            await apply_offer_pack(unit, context, structs.replace(effect, asked=True))
            await enqueue_parts(unit, Speech(chat.id, None, str(effect.offer_id), NOON), (part,), "agent", whole)
            if seen:
                await unit.connection.execute("UPDATE deliveries SET state = 'sent' WHERE state = 'pending'")
        return effect

    async def full(self) -> OfferPack:
        """Offer the sea at its own price."""
        async with self.house.app.unit(self.shop.account.agency_id) as unit:
            chat = await load_conversation(unit, self.turn.conversation.id)
        part = await make_part(self.house, self.shop, chat, "sea")
        return await self.lay(part, offer_of(part))

    async def reduced(self, slug: str = "sea", *, seen: bool = True) -> OfferPack:
        """Offer a pack for less."""
        found = await look_up(self.house, self.turn, None, self.shop.packs[slug])
        assert found.part
        assert found.effect
        return await self.lay(found.part, found.effect, seen=seen)

    async def may_pay(self, effect: OfferPack) -> bool:
        """Ask at both doors; they say the same."""
        return await self.asks(effect, check_bill) and await self.asks(effect, check_page)

    async def asks(self, effect: OfferPack, door: Door) -> bool:
        """Say whether a door lets the fan pay; it must have no other reason against it."""
        try:
            async with self.house.app.unit(self.shop.account.agency_id) as unit:
                await door(unit, effect, self.shop)
        except EffectRefused as refusal:
            if "for less" not in str(refusal):
                raise
            return False
        return True


async def check_page(unit: Unit, effect: OfferPack, _shop: Shop) -> None:
    await check_unlock(unit, effect.offer_id, TELEGRAM)


async def check_bill(unit: Unit, effect: OfferPack, shop: Shop) -> None:
    price = effect.price
    bill = Checkout(
        new_id(), shop.account.id, "q", price.amount, price.unit, effect.offer_id, True, price.amount, price.unit, False
    )
    await check_checkout(unit, bill, TELEGRAM)


@pytest.fixture
async def table(house: House, shop: Shop) -> Table:
    await make_promo(house, shop, per_fan=3)
    return Table(house, shop, await start_turn(house, shop.account))


async def test_the_dearer_of_two_offers_of_one_pack_is_not_paid(table: Table) -> None:
    dear = await table.full()
    assert await table.may_pay(dear)
    cheap = await table.reduced()
    assert (dear.price.amount, cheap.price.amount) == (500, 400)
    for door in (check_bill, check_page):
        assert not await table.asks(dear, door)
    assert await table.may_pay(cheap)


async def test_a_cheaper_offer_that_has_not_left_is_none(table: Table) -> None:
    dear = await table.full()
    await table.reduced(seen=False)
    assert await table.may_pay(dear)


async def test_a_cheaper_offer_of_something_else_is_another_matter(table: Table) -> None:
    dear = await table.full()
    await table.reduced("stars")
    assert await table.may_pay(dear)


async def test_when_the_cheaper_ones_time_is_over_the_full_price_is_paid(table: Table) -> None:
    dear = await table.full()
    await table.reduced()
    async with table.house.app.unit(table.shop.account.agency_id) as unit:
        await unit.connection.execute("UPDATE promo_uses SET hold_until = clock_timestamp() - interval '1 second'")
    assert await table.may_pay(dear)


async def test_a_cheaper_offer_of_a_price_that_is_over_stops_nobody(table: Table) -> None:
    old = await table.full()
    async with table.house.app.unit(table.shop.account.agency_id) as unit:
        await put_price(unit, old.pack_id, "telegram", 700, "XTR")
    new = await table.full()
    assert (old.price.amount, new.price.amount) == (500, 700)
    assert await table.may_pay(new)


async def test_what_lies_there_for_less_is_not_offered_anew_while_something_else_fits(table: Table) -> None:
    catalogue = Catalogue(table.house, "words", {"telegram": TELEGRAM})
    _, before = await catalogue.find(table.turn, read_wish("pictures?"), None)
    assert before
    slug = next(slug for slug, pack_id in table.shop.packs.items() if pack_id == before.effect.pack_id)
    await table.reduced(slug)
    _, after = await catalogue.find(table.turn, read_wish("pictures?"), None)
    assert after
    assert after.effect.pack_id != before.effect.pack_id


async def test_a_cheaper_offer_that_was_paid_makes_the_pack_owned(table: Table) -> None:
    dear = await table.full()
    cheap = await table.reduced()
    await buy(table.house, table.shop, cheap.payload)
    async with table.house.app.unit(table.shop.account.agency_id) as unit:
        with pytest.raises(EffectRefused, match="you have it already"):
            await check_unlock(unit, dear.offer_id, TELEGRAM)


async def test_when_only_that_fits_the_agent_hears_that_it_lies_there_and_offers_nothing_anew(
    table: Table, house: House
) -> None:
    await table.reduced()
    attempt = Attempt()
    tool, context = SendPack(Catalogue(house, "none")), ToolContext(table.turn, attempt, WordEmbedder())
    answer = await tool.run(context, {"wish": "the sea at dusk"})
    assert answer.startswith("The pack 'The sea at dusk' lies in this chat already, for 400 Stars instead of 500 Stars")
    assert (attempt.effects, attempt.parts) == ([], [])
    async with house.app.unit(table.shop.account.agency_id) as unit:
        await put_price(unit, table.shop.packs["sea"], "telegram", 450, "XTR")
    assert "is attached to your message for 450 Stars" in await tool.run(context, {"wish": "the sea at dusk"}), "that is over"


async def test_what_has_not_left_is_offered(table: Table, house: House) -> None:
    await table.reduced(seen=False)
    attempt = Attempt()
    tool = SendPack(Catalogue(house, "none"))
    answer = await tool.run(ToolContext(table.turn, attempt, WordEmbedder()), {"wish": "the sea at dusk"})
    assert "is attached to your message" in answer
    assert len(attempt.effects) == 1


async def test_no_promo_offers_for_as_much_or_more_what_lies_there_for_less(table: Table, house: House) -> None:
    await make_promo(house, table.shop, "evening", code="EVENING30", percent=30)
    await table.reduced()
    asked = await look_up(house, table.turn, None, table.shop.packs["sea"])
    assert (asked.part, asked.effect) == (None, None)
    assert asked.reason.startswith("The pack 'The sea at dusk' lies in this chat already, for 400 Stars instead of 500 Stars")
    better = await look_up(house, table.turn, "EVENING30", table.shop.packs["sea"])
    assert better.part
    assert better.effect
    assert better.part.price.amount == 350
    await table.lay(better.part, better.effect)
    asked = await look_up(house, table.turn, None, table.shop.packs["sea"])
    assert "for 350 Stars instead of 500 Stars" in asked.reason, "not the 400 of before"
    await buy(house, table.shop, better.effect.payload)
    other = await look_up(house, table.turn, None)
    assert other.part, "something else gets cheaper"
