"""An offer is true when it is made and still true when it leaves."""

from __future__ import annotations

import pytest

from core.errors import EffectRefused, NotFound
from core.ids import new_id
from core.money import Money
from core.nouns import Account, Conversation
from core.turns import OfferPack
from shop.checkouts import check_unlocked
from shop.offers import apply_offer_pack, offer_stands
from shop.purchases import galleries_of, offer_payload, offered_asset, visible_asset
from storage import purchases
from storage.house import House
from storage.packs import put_price
from tests.shop.world import TELEGRAM, Shop, buy, context_of, make_part, offer_of, start_chat
from tests.storage.world import make_account


async def apply(house: House, shop: Shop, chat: Conversation, effect: OfferPack) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await apply_offer_pack(unit, context_of(shop, chat), effect)


async def stands(house: House, shop: Shop, effect: OfferPack) -> bool:
    async with house.app.unit(shop.account.agency_id) as unit:
        return await offer_stands(unit, effect.offer_id, TELEGRAM)


async def change(house: House, shop: Shop, statement: str) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await unit.connection.execute(statement)


async def test_an_offer_stands_until_it_is_bought(house: House, shop: Shop, chat: Conversation) -> None:
    effect = offer_of(await make_part(house, shop, chat, "sea"))
    assert not await stands(house, shop, effect)
    await apply(house, shop, chat, effect)
    assert await stands(house, shop, effect)
    await buy(house, shop, effect.payload)
    assert not await stands(house, shop, effect)


async def test_what_is_not_true_any_more_is_refused(house: House, shop: Shop, chat: Conversation) -> None:
    part = await make_part(house, shop, chat, "sea")
    for statement, truth in (
        ("UPDATE pack_prices SET amount = 900", "price of the pack 'The sea at dusk' has changed"),
        ("DELETE FROM pack_prices", "price"),
        ("UPDATE packs SET active = false", "not for sale"),
    ):
        await change(house, shop, statement)
        with pytest.raises(EffectRefused, match=truth):
            await apply(house, shop, chat, offer_of(part))
    with pytest.raises(EffectRefused, match="no such pack"):
        await apply(house, shop, chat, OfferPack(new_id(), new_id(), Money(500, "XTR"), "x"))


async def test_an_owned_pack_is_refused(house: House, shop: Shop, chat: Conversation) -> None:
    first = offer_of(await make_part(house, shop, chat, "sea"))
    second = offer_of(await make_part(house, shop, chat, "sea"))
    await apply(house, shop, chat, first)
    await buy(house, shop, first.payload)
    with pytest.raises(EffectRefused, match="owns the pack 'The sea at dusk' already"):
        await apply(house, shop, chat, second)


async def test_a_made_up_price_is_refused(house: House, shop: Shop, chat: Conversation) -> None:
    part = await make_part(house, shop, chat, "sea")
    with pytest.raises(EffectRefused, match="price"):
        await apply(house, shop, chat, offer_of(part, Money(1, "XTR")))
    with pytest.raises(EffectRefused, match="price"):
        await apply(house, shop, chat, offer_of(part, Money(500, "USD")))


async def test_anothers_pack_is_refused(house: House, shop: Shop, chat: Conversation) -> None:
    other: Account = await make_account(house, shop.account.agency_id, "nova")
    elsewhere = await start_chat(house, other, "8")
    part = await make_part(house, shop, chat, "sea")
    with pytest.raises(EffectRefused, match="no such pack"):
        await apply(house, Shop(other, {}), elsewhere, offer_of(part))


async def test_an_offer_ceases_to_stand_with_its_price(house: House, shop: Shop, chat: Conversation) -> None:
    effect = offer_of(await make_part(house, shop, chat, "sea"))
    await apply(house, shop, chat, effect)
    async with house.app.unit(shop.account.agency_id) as unit:
        await put_price(unit, effect.pack_id, "telegram", 501, "XTR")
    assert not await stands(house, shop, effect)


async def test_an_unlock_is_done_only_while_its_payment_is_kept(house: House, shop: Shop, chat: Conversation) -> None:
    part = await make_part(house, shop, chat, "sea")
    await apply(house, shop, chat, offer_of(part))
    async with house.app.unit(shop.account.agency_id) as unit:
        with pytest.raises(EffectRefused):
            await check_unlocked(unit, part.offer_id)
    await buy(house, shop, part.payload)
    async with house.app.unit(shop.account.agency_id) as unit:
        await check_unlocked(unit, part.offer_id)
        (bought,) = await purchases.list_purchases(unit)
        await purchases.order_refund(unit, bought.id, "ana")
        with pytest.raises(EffectRefused):
            await check_unlocked(unit, part.offer_id)
        order = await purchases.claim_refund(unit, bought.id)
        assert order is not None
        await purchases.settle_refund_refused(unit, order, EffectRefused("The platform says no."))
        await check_unlocked(unit, part.offer_id)


async def test_a_fan_sees_the_preview_and_after_buying_the_pictures(house: House, shop: Shop, chat: Conversation) -> None:
    part = await make_part(house, shop, chat, "sea")
    assert part.preview
    stranger = await start_chat(house, shop.account, "8")
    async with house.app.unit(shop.account.agency_id) as unit:
        with pytest.raises(NotFound):
            await visible_asset(unit, chat.fan_id, part.preview.asset_id, "telegram")
    await apply(house, shop, chat, offer_of(part))
    async with house.app.unit(shop.account.agency_id) as unit:
        assert await visible_asset(unit, chat.fan_id, part.preview.asset_id, "telegram") == part.preview
        with pytest.raises(NotFound):
            await visible_asset(unit, chat.fan_id, part.items[0].asset_id, "telegram")
        locked = (await galleries_of(unit, chat.fan_id, [part.offer_id]))[part.offer_id]
        assert (locked.owned, locked.preview, locked.items) == (False, part.preview, ())
        assert await offer_payload(unit, part.offer_id, chat.fan_id) == part.payload
        with pytest.raises(NotFound):
            await offer_payload(unit, part.offer_id, stranger.fan_id)
    await buy(house, shop, part.payload)
    async with house.app.unit(shop.account.agency_id) as unit:
        assert await visible_asset(unit, chat.fan_id, part.items[1].asset_id, "telegram") == part.items[1]
        bought = (await galleries_of(unit, chat.fan_id, [part.offer_id]))[part.offer_id]
        assert (bought.owned, bought.items) == (True, part.items)
        assert await galleries_of(unit, stranger.fan_id, [part.offer_id]) == {}
        with pytest.raises(NotFound):
            await visible_asset(unit, stranger.fan_id, part.preview.asset_id, "telegram")


async def test_what_the_house_gives_the_payment_back_for_opens_nothing(
    house: House, shop: Shop, chat: Conversation, account: Account
) -> None:
    """Neither on the fan's page nor for an app, even before the money has moved; a refund that a person orders waits for it."""
    part = await make_part(house, shop, chat, "sea")
    await apply(house, shop, chat, offer_of(part))
    await buy(house, shop, part.payload)
    item = part.items[0]
    async with house.app.unit(account.agency_id) as unit:
        (bought,) = await purchases.list_purchases(unit)
        await purchases.order_refund(unit, bought.id, "ana")
        assert (await visible_asset(unit, chat.fan_id, item.asset_id, "telegram")).asset_id == item.asset_id
        assert (await offered_asset(unit, account.id, part.offer_id, item.asset_id)).asset_id == item.asset_id
        await unit.connection.execute("UPDATE refund_orders SET reason = 'A second payment for one pack.'")
        with pytest.raises(NotFound):
            await visible_asset(unit, chat.fan_id, item.asset_id, "telegram")
        with pytest.raises(NotFound):
            await offered_asset(unit, account.id, part.offer_id, item.asset_id)


async def test_a_refund_is_one_workers_until_its_outcome_is_known(house: House, shop: Shop, chat: Conversation) -> None:
    """Neither a second worker nor an impatient operator has the money given back twice."""
    part = await make_part(house, shop, chat, "sea")
    await apply(house, shop, chat, offer_of(part))
    await buy(house, shop, part.payload)
    async with house.app.unit(shop.account.agency_id) as unit:
        (bought,) = await purchases.list_purchases(unit)
        await purchases.order_refund(unit, bought.id, "ana")
        assert await purchases.claim_refund(unit, bought.id) is not None
        assert await purchases.claim_refund(unit, bought.id) is None
        again = await purchases.order_refund(unit, bought.id, "bob")
        assert again.refund_ordered_by == "ana"
        assert await purchases.claim_refund(unit, bought.id) is None
