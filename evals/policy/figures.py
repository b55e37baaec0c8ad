"""Shares with their 95 % Clopper–Pearson bounds: exact, also where nothing was found."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log

from msgspec import Struct

CONFIDENCE = 0.95


class Share(Struct, frozen=True):
    """`hits` of `count`, with the exact bounds of the share, each 0..1."""

    hits: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Return the share itself; 0 of nothing is 0."""
        return self.hits / self.count if self.count else 0.0


def measure_share(hits: int, count: int) -> Share:
    """Return a share and its two-sided 95 % Clopper–Pearson interval."""
    if count == 0:
        return Share(0, 0, 0.0, 1.0)
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if hits == 0 else _solve(lambda share: 1 - _at_most(hits - 1, count, share) - tail, rising=True)
    high = 1.0 if hits == count else _solve(lambda share: _at_most(hits, count, share) - tail, rising=False)
    return Share(hits, count, low, high)


def _at_most(hits: int, count: int, share: float) -> float:
    """Return the chance of no more than so many hits."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if hits >= count else 0.0
    there, not_there = log(share), log(1 - share)
    return sum(
        exp(lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) + k * there + (count - k) * not_there)
        for k in range(hits + 1)
    )


def _solve(slope: Callable[[float], float], *, rising: bool) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if (slope(middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2
