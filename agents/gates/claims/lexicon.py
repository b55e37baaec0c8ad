"""One thing in six languages: which concept does a word name, and which concepts are named in a text?"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def load_lexicon() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return kind → concept → words, in small letters without accents."""
    tables = tomllib.loads((FOLDER / "lexicon.toml").read_text(encoding="utf-8"))
    return {kind: {name: tuple(words) for name, words in table.items()} for kind, table in tables.items()}


@cache
def alternatives(kind: str) -> str:
    """Return a pattern of all words of a kind, the longest first."""
    words = {word for forms in load_lexicon()[kind].values() for word in forms}
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def _by_word(kind: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for concept, words in load_lexicon()[kind].items():
        for word in words:
            found.setdefault(word, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


def concepts_of(kind: str, word: str) -> frozenset[str]:
    """Return the concepts that one plain word or phrase names ("fisica" is a field, and in Italian a scientist)."""
    return _by_word(kind).get(word, frozenset())


@cache
def _finder(kind: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives(kind)})(?=s?(?!\w)|n(?!\w))")


def find_concepts(kind: str, text: str) -> frozenset[str]:
    """Return every concept of a kind that a plain text names."""
    return frozenset[str]().union(*(concepts_of(kind, match[0]) for match in _finder(kind).finditer(text)))
