"""Where a request ends and the wish begins: "can you make me a picture of you" says nothing of what is to be seen.

How fans ask stands in `asking.toml`, in six languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

GAP = r"[\s,.!?¿¡:;…–-]*"
EDGES = " ,.!?¿¡:;…–-\n\r\t"
ALIKE = str.maketrans({"’": "'", "ß": "s"})
SAID = "".join(rf"(?<!\b{word} )" for word in ("says", "say", "saying", "reads", "sagt", "steht", "dice", "dit", "diz"))
"""What stands behind these is written in the picture."""
MOST_ENDS = 6
"""So many thanks and the like are taken from the end of a wish."""


def find_wish(text: str) -> tuple[int, int]:
    """Return where the wish begins and ends in a text of composed letters (NFC); the whole text where nothing is asked for."""
    read = _folded(text)
    begins, ends = _asking().begin(read), len(text)
    for _ in range(MOST_ENDS):
        if (found := _asking().end(read[begins:ends], begins > 0)) is None:
            break
        ends = begins + found
    wish = text[begins:ends]
    begins += len(wish) - len(wish.lstrip(EDGES))
    return begins, begins + len(wish.strip(EDGES))


class _Asked(Struct, frozen=True, forbid_unknown_fields=True):
    hello: tuple[str, ...]
    fillers: tuple[str, ...]
    asks: tuple[str, ...]
    orders: tuple[str, ...]
    loose: tuple[str, ...]
    determiners: tuple[str, ...]
    adjectives: tuple[str, ...]
    pictures: tuple[str, ...]
    of_you: tuple[str, ...]
    selves: tuple[str, ...]
    kept: tuple[str, ...]
    finals: tuple[str, ...]
    ends: tuple[str, ...]
    parts: dict[str, tuple[str, ...]]


class _Asking:
    """Reads where asking ends, and where thanking begins, in small letters without accents."""

    def __init__(self, words: _Asked) -> None:
        parts = {name: rf"(?:{'|'.join(patterns)})" for name, patterns in words.parts.items()}
        one = {name: _one_of(patterns, parts) for name, patterns in msgspec.structs.asdict(words).items() if name != "parts"}
        fill = rf"(?:{one['fillers']}{GAP})*+"
        some = rf"(?:{one['determiners']}\s*)?(?:{one['adjectives']}\s*)*+"
        self._polite = re.compile(rf"{GAP}(?:(?:{one['hello']}|{one['fillers']}){GAP})*+")
        self._asks = re.compile(rf"{one['asks']}{GAP}{fill}")
        self._loose = re.compile(rf"{GAP}(?:{one['loose']}{GAP})*+")
        self._picture = re.compile(rf"{some}{one['pictures']}{GAP}(?:{one['adjectives']}{GAP})*{fill}(?:{one['finals']}{GAP})?")
        self._other = re.compile(rf"{one['determiners']}{GAP}{fill}(?:{one['finals']}{GAP})?(?={one['of_you']})")
        self._kept = re.compile(rf"{some}(?={one['kept']})")
        self._of_you = re.compile(rf"{one['of_you']}{GAP}{fill}")
        self._self = re.compile(rf"{one['selves']}{GAP}")
        self._addressed = re.compile(rf"{one['selves']}\s*[,:]\s*")
        self._orders = re.compile(rf"{one['orders']}{GAP}")
        self._ends = re.compile(rf"{SAID}(?<!\w){one['ends']}{GAP}$")
        self._finals = re.compile(rf"(?<!\w){one['finals']}{GAP}$")

    def begin(self, read: str) -> int:
        """Return where the wish begins; 0 where nothing is asked for."""
        at = _after(self._polite, read, 0)
        if ordered := self._orders.match(read, at):
            return ordered.end()
        asked = _after(self._asks, read, at)
        for what in (self._picture, self._other):
            if found := what.match(read, asked):
                behind = _after(self._of_you, read, found.end())
                return _after(self._addressed, read, behind) if asked > at or behind > found.end() else 0
        if asked == at:
            return self._begin_loosely(read)
        found = self._kept.match(read, asked) or self._self.match(read, asked)
        return found.end() if found else self._begin_loosely(read)

    def _begin_loosely(self, read: str) -> int:
        """Return where the wish begins behind a picture of her that is asked for in words we know, however they are joined."""
        found = self._picture.match(read, _after(self._loose, read, 0))
        return found.end() if found and (found := self._of_you.match(read, found.end())) else 0

    def end(self, read: str, asked: bool) -> int | None:
        """Return where thanks and the like begin at the end of a wish, if they do."""
        found = self._ends.search(read) or (self._finals.search(read) if asked else None)
        return found.start() if found else None


def _one_of(patterns: Sequence[str], parts: Mapping[str, str]) -> str:
    """Return a pattern of whole words, the longest first; those that end with an apostrophe need none behind them."""
    whole = [pattern.format_map(parts) for pattern in patterns]
    return rf"(?:{'|'.join(sorted(whole, key=len, reverse=True))})(?:(?<=')|(?![\w']))"


def _after(pattern: re.Pattern[str], read: str, at: int) -> int:
    found = pattern.match(read, at)
    return found.end() if found else at


def _folded(text: str) -> str:
    """Return text in small letters without accents, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter)[0].lower()[:1] or letter for letter in text).translate(ALIKE)


@cache
def _asking() -> _Asking:
    return _Asking(msgspec.toml.decode(Path(__file__).with_name("asking.toml").read_bytes(), type=_Asked))
