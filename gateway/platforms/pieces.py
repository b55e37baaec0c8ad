"""Long text in pieces: by the platform's own unit, at borders a reader would choose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate

Width = Callable[[str], int]

WIDTHS: dict[str, Width] = {
    "chars": lambda _char: 1,
    "utf16": lambda char: 2 if ord(char) > 0xFFFF else 1,
    "bytes": lambda char: len(char.encode("utf-8", "replace")),
}
BORDERS = (
    (re.compile(r"\n\s*\n"), 0.3),
    (re.compile(r"[.!?…。！？]['\"”’)\]]*\s|\n"), 0.3),
    (re.compile(r"\s"), 0.0),
)
"""What to cut at, best first, and how much of a piece must stand before it; a paragraph of one word is no good piece."""

JOINER = "\u200d"
FLAGS = range(0x1F1E6, 0x1F200)
SKIN_TONES = range(0x1F3FB, 0x1F400)


def measure(text: str, unit: str) -> int:
    """Return the length of a text in `chars`, `utf16` code units or UTF-8 `bytes`."""
    return sum(map(WIDTHS[unit], text))


def split_text(text: str, limit: int, unit: str) -> list[str]:
    """Cut a text into pieces of at most `limit` units; only white space at the cuts is lost, and blank text gives none."""
    pieces = []
    rest = text.strip()
    while rest:
        cut = _cut(rest, limit, WIDTHS[unit])
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in pieces if piece]


def _cut(text: str, limit: int, width: Width) -> int:
    """Return where the first piece ends."""
    fits = sum(1 for total in accumulate(map(width, text[: limit + 1])) if total <= limit)
    if fits >= len(text):
        return len(text)
    for border, least in BORDERS:
        ends = [found.end() for found in border.finditer(text, 0, fits + 1) if found.start() <= fits]
        if ends and ends[-1] > fits * least:
            return ends[-1]
    whole = next((cut for cut in range(fits, 0, -1) if not _joined(text, cut)), fits)
    return max(whole, 1)


def _joined(text: str, cut: int) -> bool:
    """Tell whether a cut would fall inside what a reader sees as one sign."""
    before, after = text[cut - 1], text[cut]
    if JOINER in (before, after) or unicodedata.category(after) in ("Mn", "Me", "Mc") or ord(after) in SKIN_TONES:
        return True
    if ord(before) in FLAGS and ord(after) in FLAGS:
        run = next((n for n in range(cut) if ord(text[cut - 1 - n]) not in FLAGS), cut)
        return run % 2 == 1
    return False
