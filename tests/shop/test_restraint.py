"""Selling knows when to stop: caps, pauses, a no, a fan's own limit; in the tool, in the commit, and before it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from core.errors import BadInput, EffectRefused
from core.money import Money
from core.nouns import Account, Conversation
from core.turns import LimitSpend, RestSales
from shop.checkouts import check_unlock
from shop.offers import apply_offer_pack
from shop.restraint import find_reason, limit_spend, note_rest, why_not_leave, why_not_pay
from storage import restraint
from storage.house import House
from storage.unit import Unit
from tests.shop.world import Shop, buy, context_of, make_part, offer_of, start_chat
from tests.storage.world import make_account, message, send_in

STARS = Money(500, "XTR")


async def offer(house: House, shop: Shop, chat: Conversation, slug: str, *, asked: bool = True) -> str:
    part = await make_part(house, shop, chat, slug)
    async with house.app.unit(shop.account.agency_id) as unit:
        await apply_offer_pack(unit, context_of(shop, chat), structs.replace(offer_of(part), asked=asked))
    return part.payload


async def say(house: House, account: Account, number: int) -> None:
    for one in range(number):
        await send_in(house, account, message(f"talk {one}", 100 + one, "7"))


async def reason(unit: Unit, chat: Conversation, **how: object) -> str | None:
    found = await find_reason(unit, [chat.fan_id], chat.influencer_id, chat.id, **how)  # type: ignore[arg-type]  # as given
    return found.sentence if found else None


async def test_a_new_fan_may_be_offered_something(house: House, shop: Shop, chat: Conversation) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        assert await reason(unit, chat, price=STARS) is None


async def test_a_no_holds_until_the_fan_asks_again(house: House, shop: Shop, chat: Conversation) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await note_rest(unit, context_of(shop, chat), RestSales("no"))
    async with house.app.unit(shop.account.agency_id) as unit:
        assert "said no" in str(await reason(unit, chat))
        now = await unit.connection.fetchval("SELECT now()")
        assert "said no" in str(await reason(unit, chat, now=now + timedelta(days=29)))
        assert await reason(unit, chat, now=now + timedelta(days=31)) is None
    with pytest.raises(EffectRefused, match="said no"):
        await offer(house, shop, chat, "sea", asked=False)
    await offer(house, shop, chat, "sea", asked=True)
    async with house.app.unit(shop.account.agency_id) as unit:
        assert "a moment ago" in str(await reason(unit, chat)), "the no is over, the pause between offers is not"


async def test_a_no_concerns_one_influencer_and_trouble_all(house: House, shop: Shop, chat: Conversation) -> None:
    other = structs.replace(chat, influencer_id=chat.id)
    async with house.app.unit(shop.account.agency_id) as unit:
        await note_rest(unit, context_of(shop, chat), RestSales("no"))
        assert await reason(unit, other) is None
        await note_rest(unit, context_of(shop, chat), RestSales("care"))
        assert "own good" in str(await reason(unit, other, asked=True))
        now = await unit.connection.fetchval("SELECT now()")
        assert await reason(unit, other, now=now + timedelta(days=8)) is None


async def test_who_asks_one_influencer_for_content_has_not_asked_another(house: House, shop: Shop, chat: Conversation) -> None:
    other = (await make_account(house, shop.account.agency_id, "matteo")).influencer_id
    async with house.app.unit(shop.account.agency_id) as unit:
        await note_rest(unit, context_of(shop, chat), RestSales("no"))
        await restraint.note_rest(unit, chat.fan_id, other, "no")
    await offer(house, shop, chat, "sea", asked=True)
    async with house.app.unit(shop.account.agency_id) as unit:
        assert "said no" in str(await reason(unit, structs.replace(chat, influencer_id=other)))
        assert "said no" not in str(await reason(unit, chat))


async def test_what_a_fan_buys_is_no_talk_between_two_offers(house: House, shop: Shop, chat: Conversation) -> None:
    payload = await offer(house, shop, chat, "sea", asked=False)
    await say(house, shop.account, 6 - 1)
    await buy(house, shop, payload)
    with pytest.raises(EffectRefused, match="a moment ago"):
        await offer(house, shop, chat, "stars", asked=False)


async def test_unasked_offers_wait_for_talk_and_are_few(house: House, shop: Shop, chat: Conversation) -> None:
    await offer(house, shop, chat, "sea", asked=False)
    with pytest.raises(EffectRefused, match="a moment ago"):
        await offer(house, shop, chat, "stars", asked=False)
    await say(house, shop.account, 6)
    await offer(house, shop, chat, "stars", asked=False)
    await say(house, shop.account, 12)
    with pytest.raises(EffectRefused, match="as many offers as are made in a day"):
        await offer(house, shop, chat, "hut", asked=False)
    await offer(house, shop, chat, "hut", asked=True)


async def test_even_asked_for_there_is_an_end_to_offers(house: House, shop: Shop, chat: Conversation) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await restraint.set_caps(unit, {"offers_a_day": 2})
    await offer(house, shop, chat, "sea")
    await offer(house, shop, chat, "stars")
    with pytest.raises(EffectRefused, match="as many offers as are made in a day"):
        await offer(house, shop, chat, "hut")
    async with house.app.unit(shop.account.agency_id) as unit:
        now = await unit.connection.fetchval("SELECT now()")
        assert await reason(unit, chat, asked=True, now=now + timedelta(days=1, minutes=1)) is None


@pytest.mark.parametrize("period", ["day", "week", "month"])
async def test_what_a_fan_spends_is_capped(house: House, shop: Shop, chat: Conversation, period: str) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await restraint.set_caps(unit, {"spend": {"XTR": {period: 1000}}})
    await buy(house, shop, await offer(house, shop, chat, "sea"))
    payload = await offer(house, shop, chat, "stars")
    third = await make_part(house, shop, chat, "hut")
    await offer(house, shop, chat, "hut")
    await buy(house, shop, payload)
    async with house.app.unit(shop.account.agency_id) as unit:
        found = await find_reason(unit, [chat.fan_id], chat.influencer_id, chat.id, price=STARS, asked=True)
        assert found is not None
        assert found.kind == "cap"
        assert f"in a {period}" in found.sentence
        left = await unit.connection.fetchval("SELECT id FROM offers WHERE pack_id = $1", third.pack_id)
        assert await why_not_leave(unit, left)
        assert await why_not_pay(unit, left)
        assert await reason(unit, chat, price=Money(500, "USD"), asked=True) is None, "another unit has its own cap"
        await unit.connection.execute(
            "INSERT INTO refunds (purchase_id, agency_id, refunded_at, refunded_by)"
            " SELECT id, agency_id, now(), 'x' FROM purchases"
        )
        assert await why_not_pay(unit, left) is None, "what was given back is not spent"


async def test_what_other_chats_of_the_same_person_spent_counts(house: House, shop: Shop, chat: Conversation) -> None:
    twin = await start_chat(house, shop.account, "8")
    async with house.app.unit(shop.account.agency_id) as unit:
        await restraint.set_caps(unit, {"spend": {"XTR": {"day": 500}}})
    await buy(house, shop, await offer(house, shop, chat, "sea"))
    async with house.app.unit(shop.account.agency_id) as unit:
        assert await reason(unit, twin, price=STARS) is None
        both = [chat.fan_id, twin.fan_id]
        assert await find_reason(unit, both, twin.influencer_id, twin.id, price=STARS)


async def test_a_fans_own_limit_is_lowered_at_once_and_raised_later(house: House, shop: Shop, chat: Conversation) -> None:
    context = context_of(shop, chat)
    async with house.app.unit(shop.account.agency_id) as unit:
        await limit_spend(unit, context, LimitSpend((Money(600, "XTR"),), "month"))
        assert await reason(unit, chat, price=STARS) is None
        await limit_spend(unit, context, LimitSpend((Money(400, "XTR"),), "month"))
        assert "a limit of 400 Stars a month" in str(await reason(unit, chat, price=STARS))
        await limit_spend(unit, context, LimitSpend((Money(5000, "XTR"),), "month"))
        now = await unit.connection.fetchval("SELECT clock_timestamp()")
        assert "400 Stars" in str(await reason(unit, chat, price=STARS, now=now + timedelta(days=6)))
        assert await reason(unit, chat, price=STARS, now=now + timedelta(days=8)) is None
        await limit_spend(unit, context, LimitSpend((Money(100, "XTR"),), "month"))
        assert "100 Stars" in str(await reason(unit, chat, price=STARS, now=now + timedelta(days=8))), "thought better of"


async def test_a_limit_is_lifted_after_some_days(house: House, shop: Shop, chat: Conversation) -> None:
    context = context_of(shop, chat)
    async with house.app.unit(shop.account.agency_id) as unit:
        await limit_spend(unit, context, LimitSpend((Money(0, "XTR"), Money(0, "USD")), "week"))
        await limit_spend(unit, context, LimitSpend(()))
        now = await unit.connection.fetchval("SELECT clock_timestamp()")
        assert "0 Stars a week" in str(await reason(unit, chat, price=STARS))
        assert await reason(unit, chat, price=STARS, now=now + timedelta(days=8)) is None
        await unit.connection.execute("UPDATE spend_limits SET next_at = now() - interval '1 minute'")
        await limit_spend(unit, context, LimitSpend((Money(300, "USD"),), "week"))
        kept = await restraint.list_own_limits(unit, [chat.fan_id])
        assert [(limit.unit, limit.amount, limit.next_amount) for limit in kept] == [("USD", 300, None)]


async def test_a_no_after_the_offer_keeps_it_in_but_does_not_bar_a_payment(
    house: House, shop: Shop, chat: Conversation
) -> None:
    await offer(house, shop, chat, "sea")
    async with house.app.unit(shop.account.agency_id) as unit:
        made = await unit.connection.fetchval("SELECT id FROM offers")
        assert await why_not_leave(unit, made) is None
        await note_rest(unit, context_of(shop, chat), RestSales("no"))
        assert "said no" in str(await why_not_leave(unit, made))
        assert await why_not_pay(unit, made) is None
        await note_rest(unit, context_of(shop, chat), RestSales("care"))
        assert await why_not_pay(unit, made)


async def test_caps_that_make_no_sense_are_refused(house: House, shop: Shop) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        for document in ({"offers_a_day": -1}, {"spend": {"USD": {"day": "much"}}}, {"no_days": 0}, {"offers": 3}):
            with pytest.raises(BadInput, match="no caps"):
                await restraint.set_caps(unit, document)
        assert (await restraint.set_caps(unit, {"no_days": 60})).no_days == 60
        assert (await restraint.load_caps(unit)).no_days == 60
        await restraint.set_caps(unit, None)
        assert await restraint.load_caps(unit) == restraint.Caps()
        assert restraint.Caps().spend_in("JPY") == restraint.MODEST


@pytest.mark.parametrize("column", ["minor_signal_at", "opted_out_at"])
async def test_nothing_is_sold_to_who_may_not_or_will_not_buy(
    house: House, shop: Shop, chat: Conversation, column: str
) -> None:
    part = await make_part(house, shop, chat, "sea")
    async with house.app.unit(shop.account.agency_id) as unit:
        await apply_offer_pack(unit, context_of(shop, chat), structs.replace(offer_of(part), asked=True))
        assert await why_not_leave(unit, part.offer_id) is None
        await check_unlock(unit, part.offer_id, context_of(shop, chat).policy)
    async with house.app.unit(shop.account.agency_id) as unit:
        await unit.connection.execute(f"UPDATE fans SET {column} = now() WHERE id = $1", chat.fan_id)
        assert await why_not_leave(unit, part.offer_id)
        assert await why_not_pay(unit, part.offer_id)
        with pytest.raises(EffectRefused, match="Nothing was charged"):
            await check_unlock(unit, part.offer_id, context_of(shop, chat).policy)
    with pytest.raises(EffectRefused, match="nothing is offered"):
        await offer(house, shop, chat, "stars")
