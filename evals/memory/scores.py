"""How well rankings of messages answer questions: recall, nDCG, and how sure one may be of their means."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

DEPTHS = (5, 10, 25)
SAMPLES = 2000
SEED = 4


class Answer(Struct, frozen=True):
    """One question as one way of finding answered it: the talk it is of, its category, the ranking, what was asked for."""

    talk: str
    category: str
    ranking: tuple[str, ...]
    evidence: frozenset[str]


class Mean(Struct, frozen=True):
    """A mean in 0..1 and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class Score(Struct, frozen=True):
    """The scores of one way over some questions: mean recall by depth ("5", "10", "25") and nDCG at 10."""

    questions: int
    recall: dict[str, Mean]
    ndcg: Mean


def score(answers: Sequence[Answer]) -> Score:
    """Return the scores of answers, with intervals by resampling whole talks, since questions of a talk are alike."""
    recall = {str(k): _mean(answers, [recall_at(answer, k) for answer in answers]) for k in DEPTHS}
    return Score(len(answers), recall, _mean(answers, [ndcg_at(answer, 10) for answer in answers]))


def recall_at(answer: Answer, k: int) -> float:
    """Return which part of the evidence is among the first `k` messages."""
    return len(answer.evidence & set(answer.ranking[:k])) / len(answer.evidence)


def ndcg_at(answer: Answer, k: int) -> float:
    """Return the gain of the first `k` messages, each discounted by its place, against that of the best ranking."""
    gain = sum(1 / math.log2(place + 2) for place, id_ in enumerate(answer.ranking[:k]) if id_ in answer.evidence)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(k, len(answer.evidence))))


def _mean(answers: Sequence[Answer], values: Sequence[float]) -> Mean:
    if not values:
        return Mean(0.0, 0.0, 0.0)
    talks = sorted({answer.talk for answer in answers})
    place = {talk: n for n, talk in enumerate(talks)}
    sums, counts = np.zeros(len(talks)), np.zeros(len(talks))
    for answer, value in zip(answers, values, strict=True):
        sums[place[answer.talk]] += value
        counts[place[answer.talk]] += 1
    drawn = np.random.default_rng(SEED).integers(0, len(talks), (SAMPLES, len(talks)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Mean(float(sums.sum() / counts.sum()), float(low), float(high))
