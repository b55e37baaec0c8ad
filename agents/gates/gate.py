"""What a gate is: a judgement over a reply against its persona, with examples of what must pass and what must not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from msgspec import Struct

from personas.schema import Persona

_ACCENTS = re.compile("[\u0300-\u036f]")


class Breach(Struct, frozen=True):
    """What is wrong with a reply. `cause` is for operators and the trace, `advice` for whoever writes it anew.

    `hard`: the reply must not leave. `yields`: nor must a second one with it, but the reflex brain speaks, and no person waits.
    `weight`: how much worse than another style breach, 1 is plain.
    """

    gate: str
    cause: str
    advice: str
    hard: bool = False
    weight: float = 1.0
    yields: bool = False


class Draft(Struct, frozen=True):
    """What a gate looks at: the reply, whose it is, and what was said of late, oldest first.

    `said` are the persona's own messages, `heard` is this turn's burst, `heard_before` the fan's words in the window;
    `fan_language` is what the platform says.
    """

    text: str
    persona: Persona
    said: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    heard_before: tuple[str, ...] = ()
    fan_language: str | None = None


class Example(Struct, frozen=True):
    """One reply that a gate is tried on, by the persona of `sample.py`."""

    text: str
    said: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


class Gate(Struct, frozen=True, kw_only=True):
    """One gate; `good` must pass, `bad` must not. What it finds is always `hard`, or always a matter of style."""

    name: str
    hard: bool
    judge: Callable[[Draft], Breach | None]
    good: tuple[Example, ...]
    bad: tuple[Example, ...]


def examples(*texts: str) -> tuple[Example, ...]:
    """Make plain examples of texts."""
    return tuple(Example(text) for text in texts)


def plain(text: str) -> str:
    """Return a text in small letters without accents, its apostrophes straight and its blanks single."""
    return " ".join(without_accents(text.casefold()).split())


def without_accents(text: str) -> str:
    """Return a text without accents and with straight apostrophes, its capitals and blanks kept."""
    if text.isascii():
        return text
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'")))
