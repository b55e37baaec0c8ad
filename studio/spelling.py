"""Words as they are compared: small letters without accents, whatever alphabet's twins and digits they were written with."""

from __future__ import annotations

import re
import unicodedata

TWINS = str.maketrans(
    "аеорсухіѕјһԁԛԝкмтнвαοερνικτυχ",
    "aeopcyxisjhdqwkmthbaoepviktux",
)
"""Letters of other alphabets that look like ours."""

DIGITS = str.maketrans("013457@$!|", "oieastasil")
ZERO_WIDTH = dict.fromkeys([0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFFA0])
SPACED = re.compile(r"\b(?:\w[ .\-_*]){2,}\w\b")
BREAKS = re.compile(r"[\W_]+")


def visible(text: str) -> str:
    """Return text in its one canonical form, without what cannot be seen; line breaks become spaces."""
    folded = unicodedata.normalize("NFKC", text).translate(ZERO_WIDTH)
    kept = (
        "" if (kind := unicodedata.category(c)) in ("Cf", "Cs", "Co", "Cn") else " " if kind[0] in "CZ" else c for c in folded
    )
    return " ".join("".join(kept).split())


def plain(text: str) -> str:
    """Return text as its words in small letters, one space between them and around all: `" no accents "`."""
    return f" {_words(_bare(text))} "


def readings(text: str) -> tuple[str, ...]:
    """Return the ways in which text may be meant: as it stands, with digits as letters, with spaced-out letters joined."""
    bare = _bare(text)
    joined = SPACED.sub(lambda found: BREAKS.sub("", found[0]), bare)
    return tuple(dict.fromkeys(f" {_words(one)} " for one in (bare, bare.translate(DIGITS), joined, joined.translate(DIGITS))))


def says(read: str, word: str) -> bool:
    """Whether plain text has a word or phrase, whole; `word*` also in its longer forms."""
    sought = word.strip()
    return f" {sought[:-1]}" in read if sought.endswith("*") else f" {sought} " in read


def _bare(text: str) -> str:
    lowered = visible(text).lower().translate(TWINS)
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if unicodedata.category(c) != "Mn")


def _words(text: str) -> str:
    return " ".join(BREAKS.sub(" ", text).split())
