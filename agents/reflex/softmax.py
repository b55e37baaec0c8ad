"""Multinomial logistic regression, fitted by L-BFGS in numpy: a few seconds for thousands of rows, nothing to import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from agents.reflex.features import Floats

Labels: TypeAlias = NDArray[np.int64]
Doubles: TypeAlias = NDArray[np.float64]
Slope: TypeAlias = Callable[[Doubles], tuple[float, Doubles]]

MEMORY = 8
ENOUGH = 1e-5
"""Share of the loss that a step must still take off."""


class Linear(Struct, frozen=True):
    """A linear layer: `weights`, shape (classes, features), and `bias`, shape (classes,)."""

    weights: Floats
    bias: Floats


def fit_softmax(
    features: Floats, labels: Labels, classes: int, strength: float, *, share: Floats | None = None, steps: int = 150
) -> Linear:
    """Fit by cross-entropy plus an L2 pull of the weights to zero; `strength` is C as elsewhere: more trusts the rows more.

    `features`, shape (n, d); `labels`, shape (n,), in 0..classes-1; `share`, shape (n,): what each row counts, 1 on average.
    """
    rows, width = features.shape
    aim = np.zeros((rows, classes), np.float32)
    aim[np.arange(rows), labels] = 1
    pull = 1 / (strength * rows)
    counts = (np.ones(rows, np.float32) if share is None else share) / rows

    def slope(flat: Doubles) -> tuple[float, Doubles]:
        table = flat.reshape(classes, width + 1)
        scores = features @ table[:, :-1].T.astype(np.float32) + table[:, -1].astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        total = shares.sum(axis=1, keepdims=True)
        loss = float(((np.log(total[:, 0]) - scores[np.arange(rows), labels]) * counts).sum())
        error = (shares / total - aim) * counts[:, None]
        step = np.hstack([error.T @ features, error.sum(axis=0)[:, None]]).astype(np.float64)
        step[:, :-1] += pull * table[:, :-1]
        return loss + pull / 2 * float((table[:, :-1] ** 2).sum()), step.ravel()

    table = minimize(slope, np.zeros(classes * (width + 1)), steps).reshape(classes, width + 1)
    table -= table[np.unique(labels)].mean(axis=0)  # shares do not change, and scores of one layer compare with another's
    return Linear(table[:, :-1].astype(np.float32), table[:, -1].astype(np.float32))


def minimize(slope: Slope, start: Doubles, steps: int) -> Doubles:
    """Walk downhill by L-BFGS. `slope` returns value and gradient at a point; ends after `steps` or where it is flat."""
    point, (value, gradient) = start, slope(start)
    trail: list[tuple[Doubles, Doubles, float]] = []
    for _ in range(steps):
        way = -_straighten(gradient, trail)
        size, drop = (1.0 if trail else 1 / max(1.0, float(np.abs(gradient).sum()))), float(way @ gradient)
        while True:
            there = point + size * way
            now, turned = slope(there)
            if now <= value + 1e-4 * size * drop or size < 1e-10:
                break
            size /= 2
        moved, bent = there - point, turned - gradient
        if float(moved @ bent) > 1e-12:
            trail = [*trail, (moved, bent, 1 / float(moved @ bent))][-MEMORY:]
        flat = value - now <= ENOUGH * abs(value)
        point, value, gradient = there, now, turned
        if flat:
            break
    return point


def _straighten(gradient: Doubles, trail: list[tuple[Doubles, Doubles, float]]) -> Doubles:
    """Multiply a gradient by the inverse curvature that the trail tells of."""
    way, shares = gradient.copy(), []
    for moved, bent, rho in reversed(trail):
        share = rho * float(moved @ way)
        shares.append(share)
        way -= share * bent
    if trail:
        moved, bent, rho = trail[-1]
        way *= 1 / (rho * float(bent @ bent))
    for (moved, bent, rho), share in zip(trail, reversed(shares), strict=True):
        way += moved * (share - rho * float(bent @ way))
    return way
