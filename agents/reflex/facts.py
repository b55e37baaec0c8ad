"""Which of the known facts answers the fan's question?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from core.recall import RecalledFact
from memory.glossary import in_english

ENOUGH = 0.4
"""Least score at which a fact counts as the answer."""

_STOP = frozenset(
    re.findall(
        r"\w+",
        "a again an and are at be been by called can could did do does ever fan for from had has have how i "
        "in is it its kind know many me mine much my name named of on or our recall remember s so some still "
        "tell that the their them there they this to told u was we were what whats when where which who with "
        "you your ",
    )
)
_HINTS = {
    "live": {"live", "lives", "living", "moved", "home"},
    "work": {"work", "works", "job", "engineer", "nurse", "teacher", "doctor", "driver", "company"},
    "job": {"work", "works", "job", "engineer", "nurse", "teacher", "doctor", "driver", "company"},
    "favourite": {"favourite", "favorite", "likes", "loves"},
    "favorite": {"favourite", "favorite", "likes", "loves"},
    "colour": {"colour", "color"},
    "color": {"colour", "color"},
    "kids": {"kids", "children", "son", "daughter"},
    "old": {"old", "age", "aged", "years"},
    "born": {"birthday", "born"},
}
_HINTS |= {
    "perro": {"dog"},
    "hund": {"dog"},
    "chien": {"dog"},
    "cane": {"dog"},
    "gato": {"cat"},
    "katze": {"cat"},
    "chat": {"cat"},
}
_KIN = (
    ("brother", "bro", "hermano", "bruder"),
    ("sister", "sis"),
    ("mother", "mom", "mum", "mama"),
    ("father", "dad", "papa"),
    ("wife", "husband", "partner", "spouse", "girlfriend", "boyfriend", "fiance", "fiancee"),
    ("son", "kid", "kids", "child", "children", "boy", "boys"),
    ("daughter", "kid", "kids", "child", "children", "girl", "girls"),
    ("friend", "bestie", "mate", "buddy"),
    ("boss", "manager"),
    ("cousin",),
    ("uncle",),
    ("aunt",),
    ("grandmother", "grandma", "nan", "nana"),
    ("grandfather", "grandpa", "granddad"),
    ("dog", "puppy", "pet"),
    ("cat", "kitten", "pet"),
    ("horse", "pet"),
    ("hamster", "pet"),
    ("parrot", "bird", "pet"),
)
"""Words for whom a question can be about; a fact about somebody else does not answer it."""
_OWN_NAME = re.compile(
    r"\bmy (?:own )?name\b|\bwho am i\b|\bi(?:'m| am)? called\b|wie ich hei|mi nombre|mon nom|mio nome|meu nome", re.I
)
_EVERYTHING = re.compile(r"\b(?:know|remember|tell me|told you) (?:\w+ )?(?:about|of) (?:me|myself)\b", re.I)


def asks_for_everything(question: str) -> bool:
    """Whether the fan asks for all that is known of them."""
    return bool(_EVERYTHING.search(question))


def _plain_question(question: str) -> str:
    """Say in one plain word what people ask in several."""
    plain = re.sub(
        r"\b(?:do(?:ing)?|work(?:ing)?) (?:for|as) (?:a )?(?:living|work)\b|\bfor a living\b", "job", question, flags=re.I
    )
    return re.sub(r"\bliving\b", "live", plain, flags=re.I)


def find_fact(question: str, recalled: Sequence[RecalledFact], likeness: Mapping[UUID, float]) -> RecalledFact | None:
    """Return the fact that answers best: shared words, likeness of meaning (0..1 by fact id), and recall's own order."""
    question = _plain_question(f"{question} {in_english(question)}")
    scored = [
        (_score(question, fact, rank, likeness.get(fact.fact_id, 0.0)), -rank, fact) for rank, fact in enumerate(recalled)
    ]
    best = max(scored, default=None, key=lambda entry: entry[:2])
    return best[2] if best and best[0] >= ENOUGH else None


def _is_about_another(question: str, there: set[str]) -> bool:
    """Whether a question about one's kin or pet meets a fact in which they are not."""
    asked = {noun.lower() for noun in re.findall(r"\bmy (?:\w+ )?([^\W\d_]+)", question, re.I)} | {
        noun.lower() for noun in re.findall(r"\bmy ([^\W\d_]+)", question, re.I)
    }
    groups = [set(group) for group in _KIN if asked & set(group)]
    return bool(groups) and not any(
        {word.rstrip("s") for word in there} & {word.rstrip("s") for word in group} for group in groups
    )


def _score(question: str, fact: RecalledFact, rank: int, likeness: float) -> float:
    score = max(likeness, 0.0) + 0.1 / (1 + rank)
    if _OWN_NAME.search(question):
        return score + (0.6 if re.search(r"\bfan[’']s (?:\w+ )?name is\b|\bfan is called\b", fact.text) else -0.3)
    asked, there = _words(question), _words(f"{fact.text} {fact.subject}")
    if _is_about_another(question, there):
        return 0.0
    for word in asked:
        if _HINTS.get(word, set()) & there or any(_akin(word, other) for other in there):
            score += 0.4
    return score


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", text.lower()) if word not in _STOP}


def _akin(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= 4 and one[:4] == other[:4] and abs(len(one) - len(other)) <= 3)
