"""The rules of the extractor as data: `rules/<language>.toml`, compiled once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache

import msgspec
from msgspec import Struct

from memory.dates import DATES
from memory.guards import RULES
from memory.slots.words import words

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")

_ADVERBS = (
    r"(?:(?:now|currently|also|really|actually|just|still|totally|absolutely|literally|always|especially|usually|kinda|do|rly|truly"
    r"|so+|recently|originally|only|personally)\s+)*"
)
MACROS = {
    "<i>": rf"(?:(?<![\w'])i|(?P<elided>,|(?<![\w'])(?:and|but|&)))\s+{_ADVERBS}",
    "<im>": rf"(?<![\w'])(?:i'?m|i\s+am)\s+{_ADVERBS}",
    "<dates>": DATES,
}


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of fact: patterns whose groups are slots, and the sentences they fill."""

    kind: str
    subject: str
    text: str
    importance: float
    confidence: float
    patterns: tuple[str, ...]
    negated: bool = False
    several: bool = False
    another: str = ""
    """The subject of one told of as a further one ("I also have a dog called …"): it stands beside the first."""

    standing: bool = False
    ends: str = ""
    """Words of a known fact that this one ends: it takes something back."""

    wish: bool = False
    """Asks for a way of talking: may be asked as a question, and steers nothing else."""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    language: str
    pets: dict[str, str]
    rule: tuple[Rule, ...]
    terms: dict[str, dict[str, str]] = {}


class _Wishes(Struct, frozen=True, forbid_unknown_fields=True):
    terms: dict[str, dict[str, str]]
    rule: tuple[Rule, ...]


class Compiled(Struct, frozen=True):
    """A rule with its patterns ready, and its language's pets and other terms with their English words."""

    rule: Rule
    patterns: tuple[re.Pattern[str], ...]
    pets: dict[str, str]
    terms: dict[str, dict[str, str]]
    language: str


@cache
def load_rules() -> tuple[Compiled, ...]:
    """Read and compile all rules. Raises `msgspec.ValidationError` or `re.error` for a rule that is written wrong."""
    found = []
    for language in LANGUAGES:
        file = msgspec.convert(tomllib.loads((RULES / f"{language}.toml").read_text()), _File)
        wishes = msgspec.convert(tomllib.loads((RULES / f"{language}.wishes.toml").read_text()), _Wishes)
        terms = file.terms | wishes.terms
        macros = MACROS | {
            "<pets>": _any(file.pets),
            "<adj>": rf"(?:{_any(words('adjectives'))}\s+)*",
            **{f"<{name}>": _any(words(name)) for name in ("relations", "favourites", "events", "trades")},
            **{f"<any {name}>": _any(known) for name, known in terms.items() if name != "macros"},
            **{f"<{name}>": meaning for name, meaning in terms.get("macros", {}).items()},
        }
        for rule in (*file.rule, *wishes.rule):
            found.append(Compiled(rule, tuple(_compile(p, macros) for p in rule.patterns), file.pets, terms, language))
    return tuple(found)


def _any(found: Iterable[str]) -> str:
    """Return a pattern of any of some words, in which "_" stands for a space; the longest is tried first."""
    return f"(?:{'|'.join(re.escape(word.replace('_', ' ')) for word in sorted(found, key=len, reverse=True))})"


def _compile(pattern: str, macros: dict[str, str]) -> re.Pattern[str]:
    for macro, meaning in macros.items():
        pattern = pattern.replace(macro, meaning)
    return re.compile(pattern, re.IGNORECASE)
