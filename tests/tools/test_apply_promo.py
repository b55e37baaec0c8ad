"""`apply_promo` checks and stages: what stands goes into the reply at its lower price, and a kind no otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.clock import SystemClock
from core.errors import EffectRefused
from core.money import Money
from core.nouns import TurnInput
from core.outbound import PackPart
from core.turns import OfferPack
from shop.catalogue import Catalogue
from shop.promos import Promos, read_code
from storage.house import House
from tests.memory.world import WordEmbedder
from tests.shop.promos import POLICIES, make_promo
from tests.shop.world import Shop, saying
from tools.apply_promo import ApplyPromo
from tools.context import ToolContext
from tools.send_pack import SendPack


async def call(house: House, turn: TurnInput, attempt: Attempt, **arguments: Any) -> str:
    asking = saying(turn, f"anything cheaper? my code is {arguments.get('code')}")
    return await ApplyPromo(Promos(house, POLICIES)).run(
        ToolContext(asking, attempt, WordEmbedder(), asks_less=True), arguments
    )


async def offer(house: House, turn: TurnInput, attempt: Attempt, wish: str = "beach") -> str:
    tool = SendPack(Catalogue(house, "words", POLICIES))
    return await tool.run(ToolContext(turn, attempt, WordEmbedder()), {"wish": wish})


def staged(attempt: Attempt) -> tuple[OfferPack, PackPart]:
    (effect,), (part,) = attempt.effects, attempt.parts
    assert isinstance(effect, OfferPack)
    assert isinstance(part, PackPart)
    return effect, part


async def test_a_code_lowers_the_price_of_what_was_to_be_offered(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, code="SPRING")
    attempt = Attempt()
    await offer(house, turn, attempt)
    answer = await call(house, turn, attempt, code=" spring ")
    effect, part = staged(attempt)
    assert (effect.pack_id, effect.price, part.price, part.old_price) == (
        shop.packs["sea"], Money(400, "XTR"), Money(400, "XTR"), Money(500, "XTR"),
    )  # fmt: skip
    assert "for 400 Stars instead of 500 Stars, by the code SPRING" in answer
    assert "applied to this message already" in await call(house, turn, attempt, code="SPRING")
    assert "a second would be too much" in await offer(house, turn, attempt, "stars")
    assert len(attempt.effects) == len(attempt.parts) == 1


async def test_without_a_promo_the_offer_stays_and_nothing_is_promised(house: House, shop: Shop, turn: TurnInput) -> None:
    attempt = Attempt()
    await offer(house, turn, attempt)
    before = staged(attempt)
    for code in ("NOTHING", None, "", 7, ["SPRING"], {"a": 1}, "x" * 100_000, "'; DROP TABLE promos; --", "\x00"):
        answer = await call(house, turn, attempt, code=code)
        assert "promise no discount" in answer
    assert staged(attempt) == before


async def test_arguments_beside_the_code_change_nothing(house: House, shop: Shop, turn: TurnInput) -> None:
    """Incident 21: strangers steered tools through a direct message."""
    await make_promo(house, shop, code="SPRING")
    attempt = Attempt()
    forged = {"percent": 99, "price": 1, "pack_id": str(shop.packs["hut"]), "fan_id": "x", "promo_id": "y", "unit": "USD"}
    await call(house, turn, attempt, code="SPRING", **forged)
    assert staged(attempt)[0].price == Money(400, "XTR")
    assert list(ApplyPromo(Promos(house, POLICIES)).parameters["properties"]) == ["code"]


async def test_a_promo_of_every_offer_needs_no_asking_and_one_of_asking_does(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, "asked", percent=30)
    attempt = Attempt()
    assert "for 500 Stars:" in await offer(house, turn, attempt)
    await make_promo(house, shop, "always", way="always", percent=10)
    attempt = Attempt()
    assert "450 Stars instead of 500 Stars" in await offer(house, turn, attempt)
    attempt = Attempt()
    await call(house, turn, attempt)
    assert staged(attempt)[0].price == Money(350, "XTR"), "the better one, not both"


async def test_a_better_offer_than_the_code_does_not_hide_the_code(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, "asked", percent=30)
    await make_promo(house, shop, "mine", code="MINE", percent=10)
    attempt = Attempt()
    await call(house, turn, attempt, code="MINE")
    assert staged(attempt)[0].price == Money(450, "XTR"), "a fan who names a code gets that code"


async def test_nothing_is_offered_to_who_may_not_be_sold_to(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop)
    now, attempt = SystemClock().now(), Attempt()
    for change, words in (({"opted_out_at": now}, "asked for no messages"), ({"minor_signal_at": now}, "under age")):
        fan = structs.replace(turn.fan, **change)
        assert words in await call(house, structs.replace(turn, fan=fan), attempt)
        assert words in await offer(house, structs.replace(turn, fan=fan), attempt)
    assert not attempt.effects


async def test_a_forbidden_pack_is_neither_offered_nor_reduced(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop)
    async with house.app.unit(shop.account.agency_id) as unit:
        await unit.connection.execute("UPDATE packs SET rating = 'adult' WHERE slug <> 'hut'")
    attempt = Attempt()
    assert "No pack fits" in await offer(house, turn, attempt, "the beach")
    await call(house, turn, attempt)
    assert staged(attempt)[0].pack_id == shop.packs["hut"]
    async with house.app.unit(shop.account.agency_id) as unit:
        await unit.connection.execute("UPDATE packs SET rating = 'adult'")
    assert "no pack for sale" in await offer(house, turn, Attempt(), "the beach")
    assert "for no pack" in await call(house, turn, Attempt())


async def test_a_sealed_attempt_takes_no_promo(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop)
    attempt = Attempt()
    await offer(house, turn, attempt)
    before = staged(attempt)
    attempt.seal()
    with pytest.raises(EffectRefused):
        await call(house, turn, attempt)
    assert staged(attempt) == before


def test_a_code_is_read_as_codes_are_kept() -> None:
    assert [read_code(given) for given in ("spring-10", " Spring 10! ", "", None, 10, "--")] == [
        "SPRING-10", "SPRING10", None, None, None, None,
    ]  # fmt: skip


async def test_a_code_that_the_fan_never_wrote_is_none(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, code="SPRING-10")
    tool = ApplyPromo(Promos(house, POLICIES))
    for said, known in (("do you have pictures?", False), ("my code is spring-10", True)):
        attempt = Attempt()
        context = ToolContext(saying(turn, said), attempt, WordEmbedder(), asks_less=True)
        answer = await tool.run(context, {"code": "SPRING-10"})
        assert bool(attempt.effects) is known, answer


async def test_who_has_not_asked_to_pay_less_gets_no_promo_of_asking(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop)
    for asks in (False, True):
        attempt = Attempt()
        answer = await ApplyPromo(Promos(house, POLICIES)).run(ToolContext(turn, attempt, WordEmbedder(), asks_less=asks), {})
        assert bool(attempt.effects) is asks, answer


async def test_a_bundle_costs_no_more_than_the_platform_takes(house: House, shop: Shop, turn: TurnInput) -> None:
    await make_promo(house, shop, kind="bundle", take=2)
    answers = {}
    for most in (1_000_000, 10):
        policies = {"telegram": structs.replace(POLICIES["telegram"], most_price=None if most > 10 else most)}
        attempt = Attempt()
        context = ToolContext(turn, attempt, WordEmbedder(), asks_less=True)
        await ApplyPromo(Promos(house, policies)).run(context, {})
        answers[most] = len(attempt.effects)
    assert answers == {1_000_000: 1, 10: 0}
