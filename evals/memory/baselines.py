"""What memory is measured against, over the same messages: stemmed BM25, the same with neighbours, vectors alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import bm25s
import numpy as np
import Stemmer

from core.ports import Embedder
from evals.memory.corpus import Talk

Ranking: TypeAlias = tuple[str, ...]
Way: TypeAlias = Callable[[str, Sequence[float]], Ranking]
MOST = 25
BM25, NEIGHBOURS, VECTORS = "BM25", "BM25 ±1", "vectors"


async def open_baselines(talk: Talk, embedder: Embedder) -> dict[str, Way]:
    """Return the ways of finding by name; each ranks a talk's message ids for a question and its vector."""
    texts = [f"{talk.fan if line.author == 'fan' else talk.influencer}: {line.text}" for line in talk.lines]
    ids = [line.id for line in talk.lines]
    vectors = np.asarray(await _embed(embedder, texts))
    lexical = Lexical(texts)

    def by_words(question: str, _: Sequence[float]) -> Ranking:
        return best(ids, lexical.score(question))

    def by_neighbours(question: str, _: Sequence[float]) -> Ranking:
        scores = lexical.score(question)
        around = scores.copy()
        around[1:] += scores[:-1] / 2
        around[:-1] += scores[1:] / 2
        return best(ids, around)

    def by_meaning(_: str, vector: Sequence[float]) -> Ranking:
        return best(ids, vectors @ np.asarray(vector))

    return {BM25: by_words, NEIGHBOURS: by_neighbours, VECTORS: by_meaning}


class Lexical:
    """BM25 with the library's own constants (k1 1.5, b 0.75) over English stems."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index texts."""
        self._stemmer = Stemmer.Stemmer("english")
        self._bm25 = bm25s.BM25()
        self._bm25.index(
            bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False), show_progress=False
        )
        self._size = len(texts)

    def score(self, question: str) -> np.ndarray:
        """Return a score for each text."""
        (tokens,) = bm25s.tokenize([question], stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False)
        known = [token for token in tokens if token in self._bm25.vocab_dict]
        return np.asarray(self._bm25.get_scores(known)) if known else np.zeros(self._size)


def best(ids: Sequence[str], scores: np.ndarray) -> Ranking:
    """Return the ids of the best scores, those of nothing at all left out."""
    order = np.argsort(-scores, kind="stable")[:MOST]
    return tuple(ids[place] for place in order if scores[place] > 0)


async def _embed(embedder: Embedder, texts: Sequence[str]) -> list[list[float]]:
    vectors: list[list[float]] = []
    for start in range(0, len(texts), 64):
        vectors += await embedder.embed(texts[start : start + 64])
    return vectors
