"""A promo stands for whom it is for, as often and as long as it says; what it makes of a price is what the ledger keeps."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from core.errors import EffectRefused
from core.ids import new_id
from core.money import Money
from core.nouns import Account, TurnInput
from core.turns import OfferPack
from shop.codes import Codes
from shop.offers import apply_offer_pack, offer_stands
from storage.conversations import load_conversation
from storage.house import House
from storage.promos import code_state
from storage.unit import Unit
from tests.shop.promos import HOUR, look_up, make_promo, offer_under
from tests.shop.world import TELEGRAM, Shop, buy, context_of, start_turn
from tests.storage.world import make_account


@pytest.fixture
async def turn(house: House, account: Account) -> TurnInput:
    return await start_turn(house, account)


async def commit(house: House, shop: Shop, turn: TurnInput, effect: OfferPack) -> None:
    """Make an offer true as one that the fan asked for."""
    async with house.app.unit(shop.account.agency_id) as unit:
        chat = await load_conversation(unit, turn.conversation.id)
        context = structs.replace(context_of(shop, chat), policy=TELEGRAM)
        await apply_offer_pack(unit, context, structs.replace(effect, asked=True))


async def ask(house: House, shop: Shop, statement: str, *arguments: Any) -> Any:
    async with house.app.unit(shop.account.agency_id) as unit:
        return await unit.connection.fetchval(statement, *arguments)


async def stands(house: House, shop: Shop, effect: OfferPack) -> bool:
    async with house.app.unit(shop.account.agency_id) as unit:
        return await offer_stands(unit, effect.offer_id, TELEGRAM)


async def test_what_is_paid_is_what_was_offered_and_what_the_ledger_keeps(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, code="SPRING")
    found = await look_up(house, turn, "SPRING", shop.packs["sea"])
    assert found.part
    assert found.effect
    assert (found.part.price, found.part.old_price) == (Money(400, "XTR"), Money(500, "XTR"))
    await commit(house, shop, turn, found.effect)
    assert await stands(house, shop, found.effect)
    await buy(house, shop, found.effect.payload)
    assert await ask(house, shop, "SELECT amount FROM purchases") == 400
    assert await ask(house, shop, "SELECT redeemed_at IS NOT NULL FROM promo_uses")
    assert await ask(house, shop, "SELECT list_amount FROM offers") == 500


@pytest.mark.parametrize(
    ("given", "code", "reason"),
    [
        ({"code": "SPRING"}, "SUMMER", "no such code"),
        ({"code": "SPRING", "ends_in": timedelta(seconds=-1)}, "SPRING", "has ended"),
        ({"code": "SPRING", "platforms": ("webchat",)}, "SPRING", "not for this platform"),
        ({"code": "SPRING"}, None, "No promo stands"),
        ({"least": 501, "unit": "XTR"}, None, "for no pack"),
        ({"kind": "fixed", "amount": 100, "unit": "USD"}, None, "for no pack"),
    ],
)
async def test_what_does_not_stand_is_not_offered(
    house: House, shop: Shop, turn: TurnInput, given: dict[str, Any], code: str | None, reason: str
) -> None:
    await make_promo(house, shop, **given)
    found = await look_up(house, turn, code)
    assert reason in found.reason
    assert (found.part, found.effect) == (None, None)


async def test_a_promo_that_begins_later_does_not_stand_yet(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, code="SPRING")
    await ask(house, shop, "UPDATE promos SET starts_at = clock_timestamp() + interval '1 hour'")
    assert "not count yet" in (await look_up(house, turn, "SPRING")).reason


async def test_a_personal_code_is_its_fans_alone_and_says_no_more_to_others(
    house: House, shop: Shop, account: Account, turn: TurnInput
) -> None:
    other = await start_turn(house, account, "8", 2)
    await make_promo(house, shop, code="FORTOM", fan_id=other.fan.id)
    assert "no such code" in (await look_up(house, turn, "FORTOM")).reason
    effect = await offer_under(house, other, "FORTOM")
    with pytest.raises(EffectRefused, match="promo does not stand"):
        await commit(house, shop, turn, effect)  # staged for Tom, put into another's chat
    await commit(house, shop, other, effect)


async def test_a_code_for_one_purchase_is_the_first_ones(house: House, shop: Shop, account: Account, turn: TurnInput) -> None:
    await make_promo(house, shop, code="ONCE", once=True, per_fan=5)
    other = await start_turn(house, account, "8", 2)
    first, second = await offer_under(house, turn, "ONCE"), await offer_under(house, other, "ONCE")
    await commit(house, shop, turn, first)
    with pytest.raises(EffectRefused, match="promo does not stand"):
        await commit(house, shop, other, second)
    await buy(house, shop, first.payload)
    assert "used that code" in (await look_up(house, turn, "ONCE")).reason
    assert "used up" in (await look_up(house, other, "ONCE")).reason


async def test_the_last_one_of_a_promo_among_a_hundred_fans_is_had_by_one(house: House, shop: Shop, account: Account) -> None:
    await make_promo(house, shop, code="LAST", total=1)
    turns = [await start_turn(house, account, str(100 + n), 100 + n) for n in range(100)]
    effects = [await offer_under(house, turn, "LAST") for turn in turns]
    outcomes = await asyncio.gather(
        *(commit(house, shop, turn, effect) for turn, effect in zip(turns, effects, strict=True)), return_exceptions=True
    )
    won = [effect for effect, outcome in zip(effects, outcomes, strict=True) if outcome is None]
    assert len(won) == 1
    assert all(outcome is None or isinstance(outcome, EffectRefused) for outcome in outcomes)
    assert await ask(house, shop, "SELECT count(*) FROM promo_uses") == 1


async def test_a_person_holds_one_place_in_whichever_of_their_chats(
    house: House, shop: Shop, account: Account, turn: TurnInput
) -> None:
    await make_promo(house, shop, code="TWO", total=2)
    elsewhere, other = await start_turn(house, account, "8", 2), await start_turn(house, account, "9", 3)
    await ask(
        house, shop, "UPDATE fans SET person_id = $1 WHERE id = ANY($2::uuid[])", new_id(), [turn.fan.id, elsewhere.fan.id]
    )
    theirs = await offer_under(house, other, "TWO")
    for own in (turn, elsewhere):
        await commit(house, shop, own, await offer_under(house, own, "TWO"))
    await commit(house, shop, other, theirs)


async def test_a_held_place_is_free_again_when_its_time_is_over(
    house: House, shop: Shop, account: Account, turn: TurnInput
) -> None:
    await make_promo(house, shop, code="LAST", total=1)
    other = await start_turn(house, account, "8", 2)
    first = await offer_under(house, turn, "LAST")
    await commit(house, shop, turn, first)
    assert "used up" in (await look_up(house, other, "LAST")).reason
    await ask(house, shop, "UPDATE promo_uses SET hold_until = clock_timestamp() - interval '2 minutes'")
    assert await stands(house, shop, first), "nobody took it meanwhile: it is held anew"
    await ask(house, shop, "UPDATE promo_uses SET hold_until = clock_timestamp() - interval '2 minutes'")
    second = await offer_under(house, other, "LAST")
    await commit(house, shop, other, second)
    assert not await stands(house, shop, first)
    assert await stands(house, shop, second)


async def test_who_pays_when_the_place_is_gone_gets_the_money_back_and_no_pack(
    house: House, shop: Shop, account: Account, turn: TurnInput
) -> None:
    """Paid media can be unlocked whenever its fan likes: nobody asks us first."""
    await make_promo(house, shop, code="LAST", total=1)
    other = await start_turn(house, account, "8", 2)
    first = await offer_under(house, turn, "LAST")
    await commit(house, shop, turn, first)
    await ask(house, shop, "UPDATE promo_uses SET hold_until = clock_timestamp() - interval '2 minutes'")
    second = await offer_under(house, other, "LAST")
    await commit(house, shop, other, second)
    await buy(house, shop, second.payload, "8")
    await buy(house, shop, first.payload)
    assert await ask(house, shop, "SELECT count(*) FROM promo_uses WHERE redeemed_at IS NOT NULL") == 1
    assert await ask(house, shop, "SELECT reason FROM refund_orders") == "The promo that it was offered under was over."
    assert await ask(house, shop, "SELECT count(*) FROM messages WHERE kind = 'purchase'") == 1, "nobody is thanked for it"


async def test_a_late_payment_stands_while_a_place_is_left(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, code="LAST", total=1)
    effect = await offer_under(house, turn, "LAST")
    await commit(house, shop, turn, effect)
    await ask(house, shop, "UPDATE promo_uses SET hold_until = clock_timestamp() - interval '2 minutes'")
    await buy(house, shop, effect.payload)
    assert await ask(house, shop, "SELECT redeemed_at IS NOT NULL FROM promo_uses")
    assert await ask(house, shop, "SELECT count(*) FROM refund_orders") == 0


async def test_a_fan_has_a_promo_as_often_as_it_says(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, per_fan=2)
    for slug in ("sea", "stars"):
        effect = await offer_under(house, turn, None, shop.packs[slug])
        await commit(house, shop, turn, effect)
        await buy(house, shop, effect.payload)
    assert "No promo stands" in (await look_up(house, turn)).reason


async def test_a_person_holds_one_place_of_a_promo(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, total=2)
    for slug in ("sea", "stars", "hut"):
        await commit(house, shop, turn, await offer_under(house, turn, None, shop.packs[slug]))
    assert await ask(house, shop, "SELECT count(*) FROM promo_uses WHERE hold_until > clock_timestamp()") == 1


@pytest.mark.parametrize("given", [{}, {"total": 1, "per_fan": 5}, {"code": "ONCE", "once": True, "per_fan": 5}])
async def test_of_two_offers_under_one_promo_that_are_both_paid_one_is_given_back(
    house: House, shop: Shop, turn: TurnInput, given: dict[str, Any]
) -> None:
    """The older one is paid first, although the newer one holds the place: the promo is had by then."""
    await make_promo(house, shop, **given)
    code = given.get("code")
    older, newer = [await offer_under(house, turn, code, shop.packs[slug]) for slug in ("sea", "stars")]
    for effect in (older, newer):
        await commit(house, shop, turn, effect)
    for effect in (older, newer):
        await buy(house, shop, effect.payload)
    assert await ask(house, shop, "SELECT count(*) FROM promo_uses WHERE redeemed_at IS NOT NULL") == 1
    given_back = (
        "SELECT p.offer_id FROM refund_orders r JOIN purchases p ON p.id = r.purchase_id WHERE reason LIKE 'The promo%'"
    )
    assert await ask(house, shop, given_back) == newer.offer_id


async def test_a_promo_for_the_first_purchase_is_for_nobody_who_bought(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, "welcome", kind="trial", amount=50, unit="XTR", code="HELLO")
    effect = await offer_under(house, turn, "HELLO")
    assert effect.price == Money(50, "XTR")
    await commit(house, shop, turn, effect)
    await buy(house, shop, effect.payload)
    await make_promo(house, shop, "again", kind="trial", amount=50, unit="XTR", code="HELLO2")
    assert "first purchase" in (await look_up(house, turn, "HELLO2")).reason


async def test_a_bundle_is_bought_once_and_owned_whole(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, "both", kind="bundle", amount=700, unit="XTR", packs=("sea", "stars"))
    found = await look_up(house, turn)
    assert found.part
    assert found.effect
    assert (found.part.title, found.part.price, found.part.old_price) == (
        "The sea at dusk + Rooftop and stars",
        Money(700, "XTR"),
        Money(1000, "XTR"),
    )
    assert len(found.part.items) == 4
    await commit(house, shop, turn, found.effect)
    await buy(house, shop, found.effect.payload)
    person = turn.fan.id
    owned = "SELECT count(*) FROM packs p WHERE owns_pack(p.id, $1)"
    assert await ask(house, shop, owned, person) == 2
    assert "No promo" in (await look_up(house, turn)).reason
    given_back = "INSERT INTO refunds (purchase_id, agency_id, refunded_at, refunded_by)"
    await ask(house, shop, f"{given_back} SELECT id, agency_id, now(), 'ana' FROM purchases")
    assert await ask(house, shop, owned, person) == 0, "a refund takes all of it back"


async def test_of_three_packs_the_cheapest_is_free(house: House, shop: Shop, turn: TurnInput) -> None:
    await ask(house, shop, "UPDATE pack_prices SET amount = 300 WHERE pack_id = $1", shop.packs["hut"])
    await make_promo(house, shop, "three", kind="bundle", take=3)
    effect = await offer_under(house, turn)
    assert (effect.price, effect.list_price) == (Money(1000, "XTR"), Money(1300, "XTR"))


async def test_a_forged_offer_is_refused(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, code="SPRING", packs=("sea",))
    await make_promo(house, shop, "other", percent=30)
    honest = await offer_under(house, turn, "SPRING", shop.packs["sea"])
    other = await offer_under(house, turn, None, shop.packs["sea"])
    for forged in (
        structs.replace(honest, price=Money(1, "XTR")),
        structs.replace(honest, price=Money(400, "USD")),
        structs.replace(honest, list_price=Money(900, "XTR")),
        structs.replace(honest, list_price=None),
        structs.replace(honest, promos=()),
        structs.replace(honest, pack_id=shop.packs["stars"]),
        structs.replace(honest, more=(shop.packs["stars"],)),
        structs.replace(honest, promos=(*honest.promos, *other.promos), price=Money(280, "XTR")),
        structs.replace(honest, promos=(*honest.promos, *honest.promos), price=Money(320, "XTR")),
        structs.replace(honest, promos=(structs.replace(honest.promos[0], code_id=None),)),
    ):
        with pytest.raises(EffectRefused):
            await commit(house, shop, turn, forged)
    await commit(house, shop, turn, honest)


async def test_an_offer_falls_with_its_list_price_and_a_code_ended_before_the_commit(
    house: House, shop: Shop, turn: TurnInput
) -> None:
    promo = await make_promo(house, shop, code="SPRING", packs=("sea",))
    effect = await offer_under(house, turn, "SPRING")
    await commit(house, shop, turn, effect)
    await ask(house, shop, "UPDATE pack_prices SET amount = 510")
    assert not await stands(house, shop, effect)
    late = await offer_under(house, turn, "SPRING")
    await ask(house, shop, "UPDATE promos SET ends_at = clock_timestamp() WHERE id = $1", promo)
    with pytest.raises(EffectRefused, match="promo does not stand"):
        await commit(house, shop, turn, late)


async def test_a_hold_ends_with_its_promo(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, ends_in=HOUR / 2, hold_s=7200)
    await commit(house, shop, turn, await offer_under(house, turn))
    assert await ask(house, shop, "SELECT u.hold_until = p.ends_at FROM promo_uses u JOIN promos p ON p.id = u.promo_id")


async def test_another_influencers_code_is_none(house: House, shop: Shop, turn: TurnInput) -> None:
    other = await make_account(house, shop.account.agency_id, "nova")
    await make_promo(house, Shop(other, {}), code="NOVA")
    assert "no such code" in (await look_up(house, turn, "NOVA")).reason


async def test_a_word_is_a_code_where_the_fan_may_name_it(house: House, shop: Shop, turn: TurnInput) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        stranger = await unit.connection.fetchval(
            "INSERT INTO fans (id, agency_id, person_id) SELECT $1, agency_id, person_id FROM fans LIMIT 1 RETURNING id",
            new_id(),
        )
    await make_promo(house, shop, "dusk", code="EVENING")
    await make_promo(house, shop, "past", code="MORNING", ends_in=-HOUR)
    await make_promo(house, shop, "own", code="MINE", fan_id=turn.fan.id)
    await make_promo(house, shop, "theirs", code="THEIRS", fan_id=stranger)
    assert await Codes(house)(turn, ["evening", "Morning", "mine", "theirs", "hello", "..."]) == {"EVENING", "MINE"}
    assert await Codes(house)(turn, []) == frozenset()


async def test_a_code_that_comes_free_while_it_is_looked_up_is_no_unknown_code(
    house: House, shop: Shop, turn: TurnInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement sees what was committed before it: the last place was taken at the first look, and free at the second."""
    await make_promo(house, shop, code="LAST", total=1)
    other = await start_turn(house, shop.account, "8")
    await commit(house, shop, other, await offer_under(house, other, "LAST"))
    assert (await look_up(house, turn, "LAST")).part is None

    async def freed_first(unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, code: str) -> str | None:
        await ask(house, shop, "UPDATE promo_uses SET hold_until = 'epoch'")
        return await code_state(unit, influencer_id, fan_id, platform, code)

    monkeypatch.setattr("shop.promos.code_state", freed_first)
    found = await look_up(house, turn, "LAST")
    assert found.part, found.reason
