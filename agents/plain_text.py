"""Texts as patterns read them: in small letters, with one kind of apostrophe, cut into sentences."""

from __future__ import annotations

import re
import unicodedata

_FACE = re.compile(r"[:;=]['’-]?[)(\]\[dp3*/|]|<3|\^_?\^", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def flatten(text: str) -> str:
    """Return a text in small letters, with plain apostrophes."""
    return text.lower().replace("’", "'")


def split_sentences(text: str) -> list[str]:
    """Cut a text at its ends of sentences and lines, as it is written otherwise."""
    return [piece for piece in _SENTENCE.split(text) if piece.strip()]


def keep_storable(text: str) -> str:
    """Return a text without what the ledger cannot hold: NUL, and halves of characters, as a cut-off model leaves them."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def says_something(text: str) -> bool:
    """Whether there is a word, a picture sign or a face of signs."""
    return any(one.isalnum() or unicodedata.category(one) == "So" for one in text) or _FACE.search(text) is not None
