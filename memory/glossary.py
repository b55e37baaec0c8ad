"""A question in another language, in the words of the facts, which are English sentences whatever language they were told in.

A multilingual embedder makes this needless for likeness; full text needs it all the same.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from memory.guards import RULES
from memory.languages import find_language

SURE = 0.5
"""A question is short: the likelier of six languages is enough, for a wrong one finds no words."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")


def in_english(text: str) -> str:
    """Return the English words of the facts that a question in German, Spanish, French, Italian or Portuguese is about.

    Empty for English, and where nothing is known of its words.
    """
    language = find_language(text, ("en", *load_glossary()), SURE)
    if language is None or language == "en":
        return ""
    known = load_glossary()[language]
    told = (known.get(word) or _by_stem(word, known) for word in _WORD.findall(text.lower()))
    return " ".join(dict.fromkeys(part for words in told if words for part in words.split()))


@cache
def load_glossary() -> dict[str, dict[str, str]]:
    """Read English words by language and word; a word that ends in a hyphen stands for all that begin so."""
    tables: dict[str, dict[str, str]] = tomllib.loads((RULES / "glossary.toml").read_text(encoding="utf-8"))
    return {
        language: {word: english for english, words in table.items() for word in words.split()}
        for language, table in tables.items()
    }


def _by_stem(word: str, known: dict[str, str]) -> str | None:
    return next((known[f"{word[:size]}-"] for size in range(len(word), 2, -1) if f"{word[:size]}-" in known), None)
