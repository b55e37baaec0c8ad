"""What makes a dark word harmless (jokes, games, songs, other people), and what in a talk makes a harmless one dark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from agents.plain_text import flatten
from agents.watch.telling import load_phrases
from core.nouns import Message

LOOK_BACK = 8
"""Messages of the fan in the window that count as context."""
RECENT = timedelta(hours=48)
_CONTEXT = load_phrases("context")


def is_excused(text: str) -> bool:
    """Whether a dark word in a sentence is a joke's, a song's or another person's."""
    flat = flatten(text)
    if _found("excused", flat):
        return True
    rest = flat
    for pattern in _CONTEXT["others"]:
        rest = pattern.sub(" ", rest)
    return rest != flat and not _found("mine", rest)


def count_dark(window: Sequence[Message], burst: Sequence[Message]) -> int:
    """Count how many of the fan's late messages, those of the burst included, have a dark word that is not excused."""
    if not burst:
        return 0
    since = burst[-1].sent_at - RECENT
    late = [m for m in window if m.author == "fan" and m.kind == "text" and m.sent_at >= since][-LOOK_BACK:]
    said = [m.text for m in (*late, *(m for m in burst if m.author == "fan"))]
    return sum(_found("dark", flatten(text)) and not is_excused(text) for text in said)


def takes_leave(text: str) -> bool:
    """Whether somebody says goodbye in words that are harmless by themselves."""
    return _found("leaving", flatten(text))


def _found(name: str, flat: str) -> bool:
    return any(pattern.search(flat) for pattern in _CONTEXT[name])
