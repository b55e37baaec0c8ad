"""What we are held against: words and a linear machine, as written in an afternoon, and the nearest example, as we had it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from agents.reflex.features import Floats
from agents.reflex.sorter import Examples, nearest
from evals.intents.figures import Signs

WORD = r"\w+"
Guess: TypeAlias = tuple[list[str], Signs]
"""The best intent of each sentence, and the sign by which it is in scope."""


class TfidfSvm:
    """TF-IDF over words and pairs of words, and a linear support vector machine (scikit-learn)."""

    def __init__(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        self._words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=WORD)
        self._machine = LinearSVC(C=1.0)
        self._machine.fit(self._words.fit_transform(texts), intents)

    def guess(self, texts: Sequence[str]) -> Guess:
        """Return the best intents and their margins."""
        margins = np.asarray(self._machine.decision_function(self._words.transform(texts)), np.float32)
        names = [str(name) for name in self._machine.classes_]
        if margins.ndim == 1:
            margins = np.stack([-margins, margins], axis=1)
        return [names[best] for best in margins.argmax(axis=1)], margins.max(axis=1)


def nearest_example(examples: Examples, vectors: Floats) -> Guess:
    """Return the intent of the nearest example, and its likeness."""
    likeness = nearest(vectors, examples.vectors, examples.labels, len(examples.names))
    return [examples.names[best] for best in likeness.argmax(axis=1)], likeness.max(axis=1)
