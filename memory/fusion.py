"""How found facts are weighed against each other: likeness first, then shared words, importance and age."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core.recall import RecalledFact
from storage.facts import Found

THRESHOLD = 0.35
"""Least likeness at which a fact bears on a text."""

WORDED_THRESHOLD = 0.22
"""The same for a fact that shares a word with it, or whose subject it asks for ("wife" for a partner)."""

WORDED = 0.12
IMPORTANCE = 0.06
RECENCY = 0.04
HALF_LIFE_DAYS = 30.0
UNSEEN = 0.3
"""Likeness that is taken for a fact which only its words found, without a vector."""


class Candidate(NamedTuple):
    """A found fact: its likeness in -1..1 if known, the way it was found, and whether it shares words with the text."""

    fact: Found
    similarity: float | None
    why: str
    worded: bool = False


def fuse(candidates: Sequence[Candidate], k: int, now: datetime) -> list[RecalledFact]:
    """Return at most `k` facts that bear on the text, best first."""
    bearing = [c for c in candidates if _likeness(c) >= (WORDED_THRESHOLD if c.worded else THRESHOLD)]
    scored = sorted(((_score(c, now), c) for c in bearing), key=lambda pair: (-pair[0], pair[1].fact.id))
    return [
        RecalledFact(c.fact.id, c.fact.kind, c.fact.subject, c.fact.text, round(score, 4), c.why) for score, c in scored[:k]
    ]


def _likeness(candidate: Candidate) -> float:
    return UNSEEN if candidate.similarity is None else candidate.similarity


def _score(candidate: Candidate, now: datetime) -> float:
    days = max(0.0, (now - candidate.fact.learned_at).total_seconds() / 86400)
    recency = math.exp(-days * math.log(2) / HALF_LIFE_DAYS)
    worded = WORDED if candidate.worded else 0.0
    return _likeness(candidate) + worded + IMPORTANCE * candidate.fact.importance + RECENCY * recency
