"""What a price becomes under promos: whole minor units, rounded once and in the fan's favour, never below what may be asked.

Order: a bundle or a trial sets the price, percentages come off it together, fixed amounts at last; so that a combination costs
the fan the least that its parts can make. A promo that would not lower the price does not apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod
from uuid import UUID

from core.money import Money
from core.platform_policy import PlatformPolicy
from storage.promos import Promo

MOST_STACKED = 6
"""Of promos that may be combined, so many are looked at; the others, each alone."""

SETTERS = ("bundle", "trial")


def price_under(listed: Sequence[Money], promos: Sequence[Promo], policy: PlatformPolicy) -> Money | None:
    """Return what packs cost under some promos; none where one of them does not apply, or all together lower nothing.

    `listed` are the prices of the packs, of one unit.
    """
    total, unit = sum(one.amount for one in listed), listed[0].unit
    if any(one.unit != unit for one in listed) or not promos or not all(_applies(one, listed, total, unit) for one in promos):
        return None
    setters = [one for one in promos if one.kind in SETTERS]
    if len(setters) > 1 or (len(listed) > 1 and not any(one.kind == "bundle" for one in setters)):
        return None
    start = _start(setters[0], listed) if setters else total
    percents = [one.percent or 0 for one in promos if one.kind == "percentage"]
    reduced = start * prod(100 - percent for percent in percents) // 100 ** len(percents)
    reduced -= sum(one.amount or 0 for one in promos if one.kind == "fixed")
    asked = max(reduced, policy.least_price, 1)
    return Money(asked, unit) if asked < total else None


def best_price(
    listed: Sequence[Money], promos: Sequence[Promo], policy: PlatformPolicy
) -> tuple[Money, tuple[Promo, ...]] | None:
    """Return the lowest price that some promos give, and the fewest of them that give it; none where none applies.

    Promos are combined only where each of them may be.
    """
    found = [(price, chosen) for chosen in _choices(promos) if (price := price_under(listed, chosen, policy)) is not None]
    return min(found, key=lambda one: (one[0].amount, len(one[1])), default=None)


def may_combine(promos: Sequence[Promo]) -> bool:
    """Say whether promos may be taken together: one alone, or several of which each may be combined."""
    return len(promos) == 1 or (len({one.id for one in promos}) == len(promos) and all(one.stacks for one in promos))


def covers(promo: Promo, packs: Sequence[UUID]) -> bool:
    """Say whether a promo is for these packs together: a bundle's set, as many as it takes, or any in its scope."""
    if promo.kind == "bundle" and promo.take is None:
        return set(packs) == set(promo.packs)
    if promo.kind == "bundle" and len(packs) != promo.take:
        return False
    return not promo.packs or set(packs) <= set(promo.packs)


def _choices(promos: Sequence[Promo]) -> Iterator[tuple[Promo, ...]]:
    yield from ((one,) for one in promos)
    stackable = [one for one in promos if one.stacks][:MOST_STACKED]
    for size in range(2, len(stackable) + 1):
        yield from (chosen for chosen in combinations(stackable, size) if may_combine(chosen))


def _applies(promo: Promo, listed: Sequence[Money], total: int, unit: str) -> bool:
    if promo.unit is not None and promo.unit != unit:
        return False  # cents say nothing of Stars
    if promo.least is not None and total < promo.least:
        return False
    if promo.kind == "trial":
        return len(listed) == 1
    return promo.kind != "bundle" or len(listed) > 1


def _start(setter: Promo, listed: Sequence[Money]) -> int:
    if setter.take is not None:
        return sum(one.amount for one in listed) - min(one.amount for one in listed)
    return setter.amount or 0
