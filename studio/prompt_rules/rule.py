"""What a rule over a prompt is, and how a prompt is read: as it stands, and with the tricks taken out of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from re import Pattern
from typing import Literal

import msgspec
from msgspec import Struct

Severity = Literal["hold", "refuse"]
LEET = str.maketrans("013457@$!", "oieastasi")
SPACED = re.compile(r"\b(?:\w[ .\-_*]){3,}\w\b")


class Prompt(Struct, frozen=True):
    """A prompt: `text` as written, `flat` lower and without accents, `bare` with digits read as letters and letters joined."""

    text: str
    flat: str
    bare: str

    def finds(self, patterns: Sequence[Pattern[str]]) -> Iterator[tuple[str, re.Match[str]]]:
        """Go through what some patterns find, with the reading they find it in."""
        for reading in dict.fromkeys((self.flat, self.bare)):
            for pattern in patterns:
                for match in pattern.finditer(reading):
                    yield reading, match


class Finding(Struct, frozen=True):
    """What is wrong with a prompt, in words for an operator."""

    severity: Severity
    says: str


class PromptRule(Struct, frozen=True, kw_only=True):
    """One rule: `good` must pass, `bad` must be found. `adult_ok` is what the place allows."""

    name: str
    judge: Callable[[Prompt, bool], Finding | None]
    good: tuple[str, ...]
    bad: tuple[str, ...]


class AgeWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Of `age.py`."""

    children: tuple[str, ...]
    maybe: tuple[str, ...]
    lasted: tuple[str, ...]
    aged: str
    after: str
    things: tuple[str, ...]


class LikenessWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Of `likeness.py`."""

    persons: tuple[str, ...]
    maybe: tuple[str, ...]
    things: tuple[str, ...]
    common: tuple[str, ...]


class ConsentWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Of `consent.py`."""

    never: tuple[str, ...]
    maybe: tuple[str, ...]


class AdultWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Of `adult.py`."""

    adult: tuple[str, ...]


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """`words.toml`."""

    age: AgeWords
    likeness: LikenessWords
    consent: ConsentWords
    adult: AdultWords


@lru_cache(1)
def load_words() -> Words:
    """Read the words of all rules."""
    return msgspec.toml.decode(Path(__file__).with_name("words.toml").read_bytes(), type=Words)


def read_prompt(text: str) -> Prompt:
    """Read a prompt: invisible signs, look-alike letters, accents and letters set apart do not hide a word."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in ("Cf", "Co", "Cn")
    )
    apart = unicodedata.normalize("NFKD", plain.casefold().replace("’", "'").replace("ß", "ss"))
    flat = re.sub(r"\s+", " ", "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(ALIKE))
    joined = SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), flat)
    letters = re.sub(r"\S+", lambda word: _letters(word[0]), joined)
    return Prompt(plain, flat, re.sub(r"(?<=[a-z])[_*.]+(?=[a-z])", " ", letters))


def words(*alternatives: str) -> Pattern[str]:
    """Make a pattern of whole words."""
    return re.compile(r"(?<!\w)(?:" + "|".join(alternatives) + r")(?!\w)")


def _letters(word: str) -> str:
    """Read digits as letters in a word that has both, but not in an age."""
    if (
        re.search(r"[a-z]", word)
        and re.search(r"[0-9@$!]", word)
        and not re.match(r"\d+(?:st|nd|rd|th|yo|y/o|yr|k|mm|px|d)", word)
    ):
        return word.translate(LEET)
    return word


ALIKE = str.maketrans("асеорхуіјѕ", "aceopxyijs")
"""Cyrillic letters that look like Latin ones; a prompt in Russian is read wrong by it, and no rule of ours reads Russian."""
