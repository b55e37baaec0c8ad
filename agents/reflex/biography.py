"""Which part of the persona's own story answers a question about it?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from core.errors import MuseError
from core.ports import Embedder
from personas.schema import Persona
from personas.traits import Fact

ENOUGH = 0.3
SHARED_WORD = 0.3
"""What a word counts that stands in the question and in what the fact is about."""

_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "a an and are at be can could did do does for have has how i in is it like me of on or s so re tell that the there "
        "think to too u was were what which why with would you your favourite",
    )
)
_JOB = re.compile(
    r"\bwhat (?:do|are) (?:you|u) (?:do|doing for work)\b"
    r"(?! (?:like|think|want|need|mean|prefer|you|on|at|in|when|tonight))",
    re.I,
)


async def find_own_fact(question: str, persona: Persona, embedder: Embedder) -> Fact | None:
    """Return the fact that answers best, by likeness of meaning and shared words; None if none comes near."""
    plain = _JOB.sub("job work", question)
    scores = np.array([SHARED_WORD * _shared(plain, fact) for fact in persona.biography])
    try:
        vectors = np.asarray(await embedder.embed([plain, *_described(persona)]))
        scores += np.einsum("ij,j->i", vectors[1:], vectors[0])
    except MuseError:
        scores *= 1.5  # only words are left to go by
    best = int(scores.argmax())
    return persona.biography[best] if scores[best] >= ENOUGH else None


def _described(persona: Persona) -> Sequence[str]:
    return [f"{' '.join(fact.about)}: {fact.text}" for fact in persona.biography]


def _shared(question: str, fact: Fact) -> int:
    asked = {word.rstrip("s") for word in re.findall(r"[^\W\d_]+", question.lower())} - _EMPTY
    return len(asked & {word.rstrip("s") for word in fact.about})
