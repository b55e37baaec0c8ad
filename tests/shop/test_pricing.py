"""Prices in whole minor units: never below what may be asked, never above the list, the same however promos are ordered."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id
from core.money import Money
from core.platform_policy import PlatformPolicy
from shop.pricing import best_price, may_combine, price_under
from storage.promos import Promo

STARS = PlatformPolicy(text_limit=4096, priced_media="XTR")
FANVUE = PlatformPolicy(text_limit=4096, priced_media="USD", least_price=300)


def promo(kind: str = "percentage", **given: object) -> Promo:
    """Make a promo that may be combined."""
    return Promo(**{"id": new_id(), "slug": kind, "title": kind, "kind": kind, "stacks": True, **given})  # type: ignore[arg-type]  # whatever a promo has


def usd(*amounts: int) -> list[Money]:
    return [Money(amount, "USD") for amount in amounts]


@pytest.mark.parametrize(
    ("listed", "promos", "price"),
    [
        ([500], [promo(percent=20)], 400),
        ([499], [promo(percent=20)], 399),  # 399.2: rounded down, in the fan's favour
        ([999], [promo(percent=10), promo(percent=10)], 809),  # 809.19, rounded once
        ([1000], [promo("fixed", amount=100, unit="USD"), promo(percent=10)], 800),  # the percentage comes first
        ([500], [promo("fixed", amount=900, unit="USD")], 1),
        ([500], [promo("fixed", amount=100, unit="XTR")], None),
        ([500], [promo(percent=20, least=501, unit="USD")], None),
        ([500], [promo(percent=20, least=500, unit="USD")], 400),
        ([500], [promo(percent=20, least=500, unit="XTR")], None),
        ([500], [promo("trial", amount=100, unit="USD")], 100),
        ([100], [promo("trial", amount=100, unit="USD")], None),
        ([500, 700], [promo("trial", amount=100, unit="USD")], None),
        ([500, 700], [promo(percent=20)], None),  # only a bundle makes one price of two packs
        ([500, 700], [promo("bundle", amount=900, unit="USD")], 900),
        ([500, 700, 300], [promo("bundle", take=3)], 1200),
        ([500, 700], [promo("bundle", amount=900, unit="USD"), promo(percent=10)], 810),
        ([500, 700], [promo("bundle", amount=1300, unit="USD")], None),
        ([500], [], None),
    ],
)
def test_a_price_under_promos(listed: list[int], promos: list[Promo], price: int | None) -> None:
    expected = None if price is None else Money(price, "USD")
    assert price_under(usd(*listed), promos, PlatformPolicy(text_limit=1)) == expected
    assert price_under(usd(*listed), promos[::-1], PlatformPolicy(text_limit=1)) == expected


def test_two_units_have_no_price_together() -> None:
    assert price_under([Money(500, "USD"), Money(500, "XTR")], [promo("bundle", take=2)], STARS) is None


def test_the_least_price_of_a_platform_is_never_undercut() -> None:
    assert price_under(usd(400), [promo(percent=99)], FANVUE) == Money(300, "USD")
    assert price_under(usd(300), [promo(percent=50)], FANVUE) is None, "it lowers nothing"


def test_the_best_for_the_fan_wins_and_takes_the_fewest_promos() -> None:
    alone, low, high = promo(percent=30, stacks=False), promo(percent=10), promo(percent=15)
    assert best_price(usd(1000), [alone, low, high], STARS) == (Money(700, "USD"), (alone,))
    assert best_price(usd(1000), [low, high], STARS) == (Money(765, "USD"), (low, high))
    floor = PlatformPolicy(text_limit=1, least_price=900)
    assert best_price(usd(1000), [low, high], floor) == (Money(900, "USD"), (low,))
    assert best_price(usd(1000), [], STARS) is None
    assert not may_combine([alone, low])
    assert not may_combine([low, low])


percents = st.builds(lambda percent, stacks: promo(percent=percent, stacks=stacks), st.integers(1, 99), st.booleans())
fixed = st.builds(
    lambda amount, unit, stacks: promo("fixed", amount=amount, unit=unit, stacks=stacks),
    st.integers(1, 30_000),
    st.sampled_from(["USD", "XTR"]),
    st.booleans(),
)
trials = st.builds(lambda amount: promo("trial", amount=amount, unit="USD"), st.integers(1, 30_000))
bundles = st.builds(lambda amount: promo("bundle", amount=amount, unit="USD"), st.integers(1, 60_000))
offers = st.lists(st.one_of(percents, fixed, trials, bundles), max_size=7)


@given(
    listed=st.lists(st.integers(1, 25_000), min_size=1, max_size=3),
    promos=offers,
    least=st.integers(1, 500),
    unit=st.sampled_from(["USD", "XTR"]),
)
def test_any_price_is_whole_lower_and_not_too_low(listed: list[int], promos: list[Promo], least: int, unit: str) -> None:
    policy = PlatformPolicy(text_limit=1, least_price=least)
    prices = [Money(amount, unit) for amount in listed]
    found = best_price(prices, promos, policy)
    if found is None:
        return
    price, chosen = found
    assert isinstance(price.amount, int)
    assert least <= price.amount < sum(listed)
    assert (price.unit, may_combine(chosen)) == (unit, True)
    assert all(one.unit in (None, unit) for one in chosen)
    assert price_under(prices, chosen, policy) == price, "what was found is what the commit computes"
    alone = [price_under(prices, [one], policy) for one in promos]
    assert all(other is None or price.amount <= other.amount for other in alone)


def test_a_promo_is_named_by_its_id_and_code() -> None:
    code = UUID(int=7)
    one = promo(code_id=code)
    assert (one.use.promo_id, one.use.code_id) == (one.id, code)
