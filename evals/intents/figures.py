"""What is counted: shares with their 95 % intervals, the F1 mean over intents, confusions, and where a threshold lies best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Signs: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.bool_]
Z = 1.96


class Share(Struct, frozen=True):
    """`hits` of `of`, with Wilson's 95 % interval, all in 0..1."""

    value: float
    low: float
    high: float
    hits: int
    of: int

    def __str__(self) -> str:
        """Write it in per cent."""
        return f"{100 * self.value:.1f} ({100 * self.low:.1f}–{100 * self.high:.1f})" if self.of else "–"


class Figure(Struct, frozen=True):
    """One method in one setting. `inside`: right intents among what is in scope, where `other` counts as wrong.

    `outside`: what was found to be out of scope, of what is. `false_alarm`: what was taken for it though it is not.
    """

    setting: str
    method: str
    inside: Share
    outside: Share
    false_alarm: Share
    macro_f1: float
    note: str = ""


def share(hits: int, of: int) -> Share:
    """Return a share with its interval; zero of zero is zero, of unknown width."""
    if not of:
        return Share(0.0, 0.0, 1.0, 0, 0)
    value = hits / of
    middle, reach = value + Z * Z / (2 * of), Z * sqrt(value * (1 - value) / of + Z * Z / (4 * of * of))
    return Share(value, max(0.0, (middle - reach) / (1 + Z * Z / of)), min(1.0, (middle + reach) / (1 + Z * Z / of)), hits, of)


def judge(setting: str, method: str, wanted: Sequence[str], got: Sequence[str], other: str, note: str = "") -> Figure:
    """Count verdicts against what was wanted; `other` names what is out of scope."""
    inner = [(want, have) for want, have in zip(wanted, got, strict=True) if want != other]
    outer = [have for want, have in zip(wanted, got, strict=True) if want == other]
    return Figure(
        setting,
        method,
        share(sum(want == have for want, have in inner), len(inner)),
        share(sum(have == other for have in outer), len(outer)),
        share(sum(have == other for _, have in inner), len(inner)),
        macro_f1(wanted, got),
        note,
    )


def macro_f1(wanted: Sequence[str], got: Sequence[str]) -> float:
    """Return the mean F1, 0..1, over the intents that were wanted."""
    want, have = Counter(wanted), Counter(got)
    both = Counter(one for one, two in zip(wanted, got, strict=True) if one == two)
    return sum(2 * both[name] / (want[name] + have[name]) for name in want) / max(1, len(want))


def confusions(wanted: Sequence[str], got: Sequence[str]) -> list[tuple[str, str, int]]:
    """Return what was taken for what, most often first."""
    pairs = Counter((one, two) for one, two in zip(wanted, got, strict=True) if one != two)
    return [(one, two, count) for (one, two), count in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))]


def most_right(signs: Signs, right: Rows, inside: Rows) -> float:
    """Return the threshold under which most verdicts are right: kept ones that are right, and turned away ones from outside."""
    order = np.argsort(signs)
    kept = np.append(right[order][::-1].cumsum()[::-1], 0)
    turned = np.append(0, (~inside)[order].cumsum())
    return float(np.append(signs[order], np.inf)[int((kept + turned).argmax())])


def at_false_alarm(signs: Signs, inside: Rows, alarm: float) -> float:
    """Return the threshold that turns away this share, 0..1, of what is in scope."""
    return float(np.quantile(signs[inside], alarm))
