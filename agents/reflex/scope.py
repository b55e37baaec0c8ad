"""Is a sentence within what the examples cover at all? A calibrated chance, and the threshold below which it is `other`.

One sign tells it: how high the best class scores, how near the nearest example lies, and how little speaks for `other`. What
it is worth is learnt of sentences with a known answer that the layer has not seen: given ones, or the examples themselves,
each judged by a layer fitted without it. Where there are too few of `other`, examples whose whole class the layer has not seen
stand for what is out of scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from agents.reflex.features import Floats
from agents.reflex.softmax import Labels, fit_softmax

Rows: TypeAlias = NDArray[np.bool_]

FOLDS = 4
NEARNESS = 4.0
OTHERNESS = 0.5
"""What likeness and the score of `other` count beside the highest score; docs/intents.md tells how they were found."""
FLATTEST = 0.1
"""A sign that tells nothing must not turn round."""
ENOUGH = 20
"""Examples of `other` from which on they alone stand for what is out of scope."""
FALSE_ALARM = 0.08
PLAIN_FALSE_ALARM = 0.25
"""Share of the sentences in scope that the threshold turns away, where nothing else is said; more by wording alone, which
mistakes nonsense for sense more easily."""


class Scope(Struct, frozen=True):
    """The chance is 1 / (1 + exp(-(slope * sign + bias))); what lies below `threshold`, 0..1, is out of scope."""

    slope: float
    bias: float
    threshold: float

    def chance(self, signs: Floats) -> Floats:
        """Return the chance, 0..1, that each sentence is in scope. `signs`, shape (n,)."""
        return np.asarray(1 / (1 + np.exp(-(signs * self.slope + self.bias))), np.float32)


ANYTHING = Scope(1.0, 0.0, 0.0)
"""Turns nothing away."""


def read_signs(scores: Floats, likeness: Floats, other: int | None) -> Floats:
    """Return one sign per sentence, shape (n,); `other` itself counts neither as a best class nor as near.

    `scores` and `likeness`, shape (n, classes): of the linear layer, and to the nearest example of each class.
    """
    inside = np.arange(scores.shape[1]) != (-1 if other is None else other)
    sign = scores[:, inside].max(axis=1) + NEARNESS * likeness[:, inside].max(axis=1)
    return np.asarray(sign if other is None else sign - OTHERNESS * scores[:, other], np.float32)


def calibrate(signs: Floats, inside: Rows, false_alarm: float = FALSE_ALARM) -> Scope:
    """Learn the chance from known sentences, in and out counting alike; the threshold turns `false_alarm` of the inner away.

    `signs` and `inside`, shape (n,).
    """
    if inside.all() or not inside.any():
        return ANYTHING
    middle, width = float(signs.mean()), max(float(signs.std()), 1e-6)
    share = np.where(inside, len(inside) / (2 * inside.sum()), len(inside) / (2 * (~inside).sum())).astype(np.float32)
    column = ((signs - middle) / width).astype(np.float32)[:, None]
    layer = fit_softmax(column, inside.astype(np.int64), 2, 10.0, share=share)
    slope = max(float(layer.weights[1, 0] - layer.weights[0, 0]), FLATTEST) / width
    scope = Scope(slope, float(layer.bias[1] - layer.bias[0]) - slope * middle, 0.0)
    return Scope(slope, scope.bias, float(np.quantile(scope.chance(signs[inside]), false_alarm)))


def leave_out(labels: Labels, other: int | None) -> Iterator[tuple[Rows, bool]]:
    """Yield who is held out: a share of every class at a time (true); where `other` has too few, classes whole too (false)."""
    turn = np.zeros(len(labels), np.int64)
    names = np.unique(labels)
    for label in names:
        rows = np.flatnonzero(labels == label)
        turn[rows] = np.arange(len(rows)) % FOLDS
    for fold in range(int(turn.max()) + 1 if turn.any() else 0):
        yield turn == fold, True
    if other is not None and int((labels == other).sum()) >= ENOUGH:
        return
    names = names[names != (-1 if other is None else other)]
    for fold in range(min(FOLDS, len(names) // 2)):
        yield np.isin(labels, names[fold::FOLDS]), False
