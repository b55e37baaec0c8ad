"""Texts as patterns read them: in small letters, with one kind of apostrophe, cut into sentences."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def flatten(text: str) -> str:
    """Return a text in small letters, with plain apostrophes."""
    return text.lower().replace("’", "'")


def split_sentences(text: str) -> list[str]:
    """Cut a text at its ends of sentences and lines, as it is written otherwise."""
    return [piece for piece in _SENTENCE.split(text) if piece.strip()]
