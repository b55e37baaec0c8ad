"""Payments that are asked for at once, in several chats of one person: as many are let pass as fit, whoever decides first."""

from __future__ import annotations

import asyncio
import hashlib
from uuid import UUID

import pytest
from msgspec import structs

from core.errors import EffectRefused
from core.ids import new_id
from core.money import Money
from core.nouns import Account, Conversation
from core.outbound import AssetRef
from core.platform_policy import PlatformPolicy
from core.turns import LimitSpend
from shop.checkouts import TOO_MUCH, check_checkout, check_unlock
from shop.offers import offer_stands
from shop.restraint import limit_spend, why_not_pay
from storage import checkouts, packs, restraint
from storage.house import House
from storage.packs import list_shelf, put_asset, put_pack, put_price, set_pictures
from storage.unit import Unit
from tests.shop.world import TELEGRAM, Shop, build_pack_part, buy, context_of, offer_of, start_chat

MANY, PRICE, FIT = 20, 500, 7
"""The house's cap for a day is 3500 Stars: seven of these packs and no more."""


@pytest.fixture
async def chats(house: House, account: Account, chat: Conversation) -> tuple[Conversation, Conversation]:
    """Two chats of one person."""
    other = await start_chat(house, account, "8")
    async with house.app.unit(account.agency_id) as unit:
        await unit.connection.execute(
            "UPDATE fans SET person_id = $1 WHERE id = ANY($2::uuid[])", new_id(), [chat.fan_id, other.fan_id]
        )
        assert set(await restraint.fans_of(unit, chat.fan_id)) == {chat.fan_id, other.fan_id}
    return chat, other


async def lay(house: House, shop: Shop, chats: tuple[Conversation, ...], number: int = MANY) -> list[tuple[UUID, str]]:
    """Offer one pack after the other, in turns in each chat; return the offers with their payloads."""
    account, made = shop.account, []
    async with house.app.unit(account.agency_id) as unit:
        for n in range(number):
            pack = await put_pack(unit, account.influencer_id, f"many-{n}", f"Many {n}", "One of many.", ("many",))
            await put_price(unit, pack, account.platform, PRICE, "XTR")
            sha256 = hashlib.sha256(f"many {n}".encode()).digest()
            asset = AssetRef(new_id(), f"assets/{sha256.hex()}", "image/jpeg", 1080, 1350)
            await put_asset(unit, account.influencer_id, asset, sha256, 100)
            await set_pictures(unit, pack, asset.asset_id, [asset.asset_id])
            chat = chats[n % len(chats)]
            listed = await list_shelf(unit, account.influencer_id, chat.fan_id, account.platform, None, "")
            part = await build_pack_part(unit, next(one for one in listed if one.id == pack))
            await packs.add_offer(unit, offer_of(part), chat.fan_id, chat.id, None)  # type: ignore[arg-type]  # outside a turn
            made.append((part.offer_id, part.payload))
    return made


async def ask(house: House, shop: Shop, offers: list[tuple[UUID, str]]) -> list[UUID]:
    """Let the platform ask about a payment for each offer."""
    asked = []
    async with house.app.unit(shop.account.agency_id) as unit:
        for offer_id, payload in offers:
            asked.append(new_id())
            await unit.connection.execute(
                "INSERT INTO checkouts (id, agency_id, account_id, conversation_id, query_key, payload, amount, unit)"
                " SELECT $1, agency_id, $2, conversation_id, $3, $3, amount, unit FROM offers WHERE id = $4",
                asked[-1], shop.account.id, payload, offer_id,
            )  # fmt: skip
    return asked


async def decide(house: House, shop: Shop, checkout_id: UUID) -> str | None:
    """Decide about one payment as the job does, on a connection of its own."""
    async with house.app.unit(shop.account.agency_id) as unit:
        asked, reason = await checkouts.load_checkout(unit, checkout_id), None
        try:
            await check_checkout(unit, asked, TELEGRAM)
        except EffectRefused as error:
            reason = str(error)
        return (await checkouts.decide(unit, checkout_id, reason)).reason


async def unlock(house: House, shop: Shop, offer_id: UUID) -> str | None:
    try:
        async with house.app.unit(shop.account.agency_id) as unit:
            await check_unlock(unit, offer_id, TELEGRAM)
    except EffectRefused as error:
        return str(error)
    return None


async def test_twenty_payments_at_once_are_let_pass_as_far_as_the_cap_goes(
    house: House, shop: Shop, chats: tuple[Conversation, Conversation]
) -> None:
    asked = await ask(house, shop, await lay(house, shop, chats))
    answers = await asyncio.gather(*(decide(house, shop, one) for one in asked))
    assert (answers.count(None), answers.count(TOO_MUCH)) == (FIT, MANY - FIT)
    assert [await decide(house, shop, one) for one in asked] == answers, "what was decided stands"


@pytest.mark.parametrize("period", ["day", "week", "month"])
async def test_what_is_being_paid_counts_in_each_cap(
    house: House, shop: Shop, chats: tuple[Conversation, Conversation], period: str
) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await restraint.set_caps(unit, {"spend": {"XTR": {period: 2 * PRICE}}})
    asked = await ask(house, shop, await lay(house, shop, chats, 3))
    assert [await decide(house, shop, one) for one in asked] == [None, None, TOO_MUCH]


async def test_unlocks_and_payments_at_once_share_the_cap(
    house: House, shop: Shop, chats: tuple[Conversation, Conversation]
) -> None:
    offers = await lay(house, shop, chats)
    asked = await ask(house, shop, offers[: MANY // 2])
    doors = [decide(house, shop, one) for one in asked] + [unlock(house, shop, one) for one, _ in offers[MANY // 2 :]]
    answers = await asyncio.gather(*doors)
    assert (answers.count(None), answers.count(TOO_MUCH)) == (FIT, MANY - FIT)


async def test_a_fan_s_own_limit_holds_for_payments_at_once(
    house: House, shop: Shop, chats: tuple[Conversation, Conversation]
) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await limit_spend(unit, context_of(shop, chats[0]), LimitSpend((Money(1000, "XTR"),), "week"))
    offers = await lay(house, shop, chats, 6)
    answers = await asyncio.gather(*(unlock(house, shop, offer_id) for offer_id, _ in offers))
    assert answers.count(None) == 2


async def test_a_click_that_is_booked_while_its_repeat_is_looked_at_is_no_race_lost(
    house: House, shop: Shop, chat: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bookings wait for nobody: between two looks at an offer the fan may come to own it, by the same click."""
    ((offer_id, payload),) = await lay(house, shop, (chat,), 1)

    async def booked_first(unit: Unit, offer_id: UUID, policy: PlatformPolicy) -> bool:
        await buy(house, shop, payload)
        return await offer_stands(unit, offer_id, policy)

    monkeypatch.setattr("shop.checkouts.offer_stands", booked_first)
    assert await unlock(house, shop, offer_id) is None


async def test_an_approval_counts_until_it_is_paid_or_over(house: House, shop: Shop, chat: Conversation) -> None:
    """Paid, it is counted as the purchase, once; never paid, it stops counting by itself."""
    offers = await lay(house, shop, (chat,), FIT + 1)
    *first, last = offers
    for offer_id, payload in first:
        assert await unlock(house, shop, offer_id) is None
        assert await unlock(house, shop, offer_id) is None, "the same one is no second one"
        if offer_id != first[0][0]:
            await buy(house, shop, payload)
    assert await unlock(house, shop, last[0]) == TOO_MUCH
    async with house.app.unit(shop.account.agency_id) as unit:
        spent = await restraint.load_spent(unit, [chat.fan_id], "XTR", None)
        bound = await restraint.load_bound(unit, [chat.fan_id], "XTR", None, None)
        assert (spent.day, bound.day) == ((FIT - 1) * PRICE, FIT * PRICE)
        await unit.connection.execute(
            "UPDATE checkouts SET asked_at = asked_at - make_interval(secs => $1)", checkouts.PAYING_S + 1
        )
        assert await why_not_pay(unit, last[0]) is None
    assert await unlock(house, shop, last[0]) is None
    async with house.app.unit(shop.account.agency_id) as unit:
        now = structs.astuple(await restraint.load_bound(unit, [chat.fan_id], "XTR", None, last[0]))
    assert now == ((FIT - 1) * PRICE,) * 3
