"""Sorting sentences by what they want, learnt from a few examples of each: which class, how surely, how near to an example."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from agents.reflex.features import Features, Floats, wording
from agents.reflex.scope import ANYTHING, FALSE_ALARM, PLAIN_FALSE_ALARM, Rows, Scope, calibrate, leave_out, read_signs
from agents.reflex.softmax import Labels, Linear, fit_softmax

OTHER = "other"
STRENGTH = 20.0
FEW = 16
"""Sentences up to which einsum is used, not @: for so little BLAS would wake threads that burn more than they help."""


class Examples(Struct, frozen=True):
    """Labelled sentences by class: `vectors`, shape (n, d), `words`, shape (n, 1024), `labels`, shape (n,), of `names`."""

    texts: tuple[str, ...]
    labels: Labels
    names: tuple[str, ...]
    vectors: Floats
    words: Floats

    @classmethod
    def sort(cls, labelled: Sequence[tuple[str, str]], vectors: Floats) -> Examples:
        """Take (label, text) pairs in any order, with one vector each."""
        order = sorted(range(len(labelled)), key=lambda row: labelled[row])
        names = tuple(sorted({label for label, _ in labelled}))
        texts = tuple(labelled[row][1] for row in order)
        labels = np.asarray([names.index(labelled[row][0]) for row in order], np.int64)
        return cls(texts, labels, names, np.asarray(vectors, np.float32)[order], wording(texts))

    @property
    def other(self) -> int | None:
        """Return the number of the class `other`, if there are examples of it."""
        return self.names.index(OTHER) if OTHER in self.names else None


class Sorter(Struct, frozen=True):
    """What was learnt of examples, for the vectors of the embedder that made theirs."""

    examples: Examples
    features: Features
    layer: Linear
    scope: Scope = ANYTHING

    def score(self, vectors: Floats, words: Floats) -> Floats:
        """Return the score of each sentence for each class, shape (n, classes)."""
        table = self.features.join(vectors, words)
        few = len(table) <= FEW
        return (np.einsum("nd,cd->nc", table, self.layer.weights) if few else table @ self.layer.weights.T) + self.layer.bias

    def liken(self, vectors: Floats) -> Floats:
        """Return the likeness, -1..1, of each sentence to the nearest example of each class, shape (n, classes)."""
        return nearest(vectors, self.examples.vectors, self.examples.labels, len(self.examples.names))

    def chance(self, scores: Floats, likeness: Floats) -> Floats:
        """Return the chance, 0..1, that each sentence is in scope at all."""
        return self.scope.chance(read_signs(scores, likeness, self.examples.other))

    def sort(self, vectors: Floats, words: Floats) -> tuple[list[str], Floats]:
        """Return each sentence's best class whatever its chance (`other` only where nothing else exists), and its chance."""
        scores, likeness = self.score(vectors, words), self.liken(vectors)
        inner = scores.copy()
        if self.examples.other is not None:
            inner[:, self.examples.other] = -np.inf
        return [self.examples.names[best] for best in inner.argmax(axis=1)], self.chance(scores, likeness)


def nearest(vectors: Floats, known: Floats, labels: Labels, classes: int) -> Floats:
    """Return the likeness of each of `vectors` to the nearest `known` row of each class, shape (n, classes); -1 for none."""
    near = np.einsum("nd,kd->nk", vectors, known) if len(vectors) <= FEW else vectors @ known.T
    found = np.full((len(vectors), classes), -1.0, np.float32)
    there, starts = np.unique(labels, return_index=True)  # rows are sorted by class
    found[:, there] = np.maximum.reduceat(near, starts, axis=1)
    return found


def fit_sorter(examples: Examples, *, meaning: bool = True, folds: bool = True) -> Sorter:
    """Learn of examples, and set the threshold by themselves; without `folds` nothing is turned away.

    `meaning`: whether the vectors tell more than wording. Takes some seconds for a thousand examples, a second without `folds`.
    """
    features = Features.learn(examples.words, meaning=meaning)
    table = features.join(examples.vectors, examples.words)
    layer = fit_softmax(table, examples.labels, len(examples.names), STRENGTH)
    alarm = FALSE_ALARM if meaning else PLAIN_FALSE_ALARM
    scope = calibrate(*_judge_unseen(examples, table), alarm) if folds else ANYTHING
    return Sorter(examples, features, layer, scope)


def _judge_unseen(examples: Examples, table: Floats) -> tuple[Floats, Rows]:
    """Judge every example by a layer fitted without it, and once more without its class: signs, and who was in scope."""
    labels, other, classes = examples.labels, examples.other, len(examples.names)
    signs, inside = [np.zeros(0, np.float32)], [np.zeros(0, bool)]
    for held, covered in leave_out(labels, other):
        layer = fit_softmax(table[~held], labels[~held], classes, STRENGTH)
        scores = table[held] @ layer.weights.T + layer.bias
        scores[:, ~np.isin(np.arange(classes), labels[~held])] = -np.inf
        likeness = nearest(examples.vectors[held], examples.vectors[~held], labels[~held], classes)
        signs.append(read_signs(scores, likeness, other))
        inside.append((labels[held] != (-1 if other is None else other)) & covered)
    return np.concatenate(signs), np.concatenate(inside)
