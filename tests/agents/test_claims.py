"""A price in a reply must be the one that a tool gave: the same amount in the same unit, however it is written."""

from __future__ import annotations

import pytest

from agents.policy.rule import Reply
from agents.policy.truth.claims import judge
from core.ids import new_id
from core.money import Money
from core.outbound import PackPart


def reply(text: str, *prices: Money, answer: str = "") -> Reply:
    packs = tuple(PackPart(new_id(), new_id(), "The sea at dusk", "Waves.", price, "p", None, ()) for price in prices)
    return Reply(text, packs, (answer,) if answer else ())


USD, EUR, GBP, STARS = Money(1399, "USD"), Money(1399, "EUR"), Money(500, "GBP"), Money(1250, "XTR")


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("It's $13.99.", USD),
        ("It's US$13.99, no rush.", USD),
        ("13.99 dollars, and worth it", USD),
        ("13,99$", USD),
        ("USD 13.99", USD),
        ("13,99 €", EUR),
        ("€ 13,99", EUR),
        ("13.99 euros", EUR),
        ("£5", GBP),
        ("five pounds", GBP),
        ("5.00 GBP", GBP),
        ("1250 Stars", STARS),
        ("1,250 stars", STARS),
        ("1.250 ⭐", STARS),
        ("⭐️1250", STARS),
        ("twenty-five dollars", Money(2500, "USD")),
        ("one star in the sky", USD),
    ],
)
def test_the_price_of_the_pack_may_be_named(text: str, price: Money) -> None:
    assert judge(reply(text, price)) is None
    assert judge(reply(text, answer=f"The pack is attached for {price}: Waves.")) is None


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("only $3", USD),
        ("$13", USD),
        ("$13.9", USD),
        ("$1399", USD),
        ("13.99 €", USD),
        ("13.99 stars", USD),
        ("$3 instead of $13.99", USD),
        ("three bucks", USD),
        ("thirteen dollars", USD),
        ("USD 3", USD),
        ("1 star", Money(250, "XTR")),
        ("25 stars", Money(250, "XTR")),
        ("50 ⭐", Money(250, "XTR")),
        ("$250", Money(250, "XTR")),
        ("$1,250", Money(250, "USD")),
        ("5-dollar treat", USD),
    ],
)
def test_any_other_amount_is_caught(text: str, price: Money) -> None:
    assert "price" in (judge(reply(text, price)) or "")
    assert "price" in (judge(reply(text, answer=f"The pack is attached for {price}: Waves.")) or "")


def test_two_packs_may_both_be_named() -> None:
    assert judge(reply("One is $13.99, the other 1250 Stars.", USD, STARS)) is None
