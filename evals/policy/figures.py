"""Shares with their 95 % Clopper–Pearson bounds: exact, also where nothing was found."""

from __future__ import annotations

from msgspec import Struct
from scipy.stats import beta

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


class Line(Struct, frozen=True):
    """One figure of a report. `part` is a language or a category, empty for all."""

    set: str
    what: str
    share: Share
    part: str = ""


def measure_share(hits: int, count: int) -> Share:
    """Return a share and its two-sided 95 % Clopper–Pearson interval."""
    tail = (1 - CONFIDENCE) / 2
    low = float(beta.ppf(tail, hits, count - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, count - hits)) if hits < count else 1.0
    return Share(hits, count, low, high)


def upper_bound(hits: int, count: int) -> float:
    """Return the share that is not exceeded, with 95 % certainty (Clopper–Pearson, one-sided)."""
    return float(beta.ppf(CONFIDENCE, hits + 1, count - hits)) if hits < count else 1.0
