"""Whether a sentence about an age clears the one who says it: an adult's own, or numbers that count something else.

An embedder hardly tells sixteen from forty-one, nor sixteen years of work from an age, so what is read decides, and not the
likeness to other sentences about ages.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from msgspec import Struct

from agents.plain_text import flatten
from agents.watch.telling import FOLDER

_ADULT = r"(?<![\d.,-])(?:1[89]|[2-9]\d)(?!\d|[.,]\d)"
_YOUNG = re.compile(r"(?<!\d)(?:[5-9]|1[0-7])(?!\d)|\b(?:underage|minor|teen\w*|school|grade|kid)\b")


class _Wording(Struct, frozen=True):
    states: tuple[re.Pattern[str], ...]
    doubt: tuple[re.Pattern[str], ...]
    other: tuple[re.Pattern[str], ...]


def says_adult(text: str) -> bool:
    """Whether a sentence states an own age of eighteen or more, or adulthood, and nothing in it takes that back.

    What only may be meant so ("18 next year", "almost 18", "I said that I'm 18") is no such statement.
    """
    flat, wording = flatten(text), _load()
    return _found(wording.states, flat) and not _found(wording.doubt, flat)


def counts_other_things(text: str) -> bool:
    """Whether the numbers of a sentence count something else than an age: years of work, minutes, cats."""
    flat = rest = flatten(text)
    for pattern in _load().other:
        rest = pattern.sub(" ", rest)
    return rest != flat and not _YOUNG.search(rest)


def _found(patterns: tuple[re.Pattern[str], ...], flat: str) -> bool:
    return any(pattern.search(flat) for pattern in patterns)


@cache
def _load() -> _Wording:
    table = tomllib.loads((FOLDER / "adult.toml").read_text(encoding="utf-8"))
    ages, doubt, other = table.pop("ages"), table.pop("doubt"), table.pop("other")
    states = [(pattern, f"{_ADULT}|{ages[language]}") for language, patterns in table.items() for pattern in patterns]
    anywhere = "|".join([_ADULT, *ages.values()])
    return _Wording(
        states=tuple(re.compile(pattern.replace("AGE", f"(?:{adult})")) for pattern, adult in states),
        doubt=tuple(re.compile(pattern.replace("AGE", f"(?:{anywhere})")) for pattern in doubt),
        other=tuple(re.compile(pattern.replace("NUMBER", r"(?<!\d)\d{1,3}")) for pattern in other),
    )
