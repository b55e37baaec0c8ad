"""What a burst asks of memory: its words, whom they are about, which days they name."""

from __future__ import annotations

import re

from core.nouns import Message
from core.recall import Asked
from memory.guards import is_question
from memory.ranking import Hints
from memory.when import find_days

LONGEST = 1000
MOST_TEXTS = 6
"""Messages of a burst that are looked up; the last ones count."""
SHORT = 4
"""A question of fewer words than this leans on what was said before it."""

_WORD = re.compile(r"[^\W_]+")
_FAN = frozenset(
    re.findall(
        r"\w+",
        "i me my mine we us our ich mich mir mein meine wir yo mi mis je moi mon ma mes io mio mia eu meu minha",
    )
)
_INFLUENCER = frozenset(
    re.findall(
        r"\w+",
        "you your yours du dich dir dein deine tu tus te toi ton tes tuo tua você vocês teu seu",
    )
)


def texts_of(asked: Asked) -> list[str]:
    """Return the texts of a burst that are looked up by themselves, each once."""
    return list(dict.fromkeys(text.strip()[:LONGEST] for text in asked.texts if text.strip()))[-MOST_TEXTS:]


def question_of(asked: Asked) -> str:
    """Return the burst as one text to search for; a short question takes along what was said before it."""
    text = "\n".join(texts_of(asked))[-LONGEST:]
    before = _last_said(asked.window)
    if before and is_question(text) and len(_WORD.findall(text)) < SHORT:
        return f"{before}\n{text}"[-LONGEST:]
    return text


def hints_of(asked: Asked) -> Hints:
    """Return whom and which days a burst asks about."""
    text = "\n".join(texts_of(asked))
    return Hints(_speaker(text, asked), find_days(text, asked.now), asked.now)


def _speaker(text: str, asked: Asked) -> str | None:
    """Return `fan` or `influencer`, whom a text is about: by name, else by its pronouns; none when by both or neither."""
    words = {word.lower() for word in _WORD.findall(text)}
    for about_fan, about_influencer in (
        (_names(asked.fan_name, words), _names(asked.influencer_name, words)),
        (bool(words & _FAN), bool(words & _INFLUENCER)),
    ):
        if about_fan != about_influencer:
            return "fan" if about_fan else "influencer"
        if about_fan:
            return None
    return None


def _names(name: str, words: set[str]) -> bool:
    """Whether words name somebody: by a part of the name, or by what it is cut short to ("Mel" for Melanie)."""
    parts = [part.lower() for part in _WORD.findall(name) if len(part) > 2]
    return any(word == part or (len(word) >= 3 and part.startswith(word)) for part in parts for word in words)


def _last_said(window: tuple[Message, ...]) -> str:
    return next((message.text.strip() for message in reversed(window) if message.kind == "text" and message.text.strip()), "")
