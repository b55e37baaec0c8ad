"""What a fan's wish names, if it names anything: "the beach" does, "more of you" does not."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

FEW = 4
"""Up to so many words, a wish is read as a whole; in longer ones only what stands beside "pictures of" and the like counts."""

_NAMED = re.compile(
    r"\b(?:pics?|pictures?|photos?|fotos?|images?|videos?|content|sets?|packs?|something|anything|stuff|you|more)\s+"
    r"(?:\w+\s+){0,2}?(?:of|with|from|in|at|about|on|near|by|vom|von|mit|am|im|de|del|con|avec|à|alla|al|da|na|no)\s+(?P<after>[^.,!?]{2,60})"
    r"|(?P<before>(?:[\w'-]+\s+){1,2})(?:pics?|pictures?|photos?|fotos?|images?|videos?|sets?|packs?)\b",
    re.IGNORECASE,
)

_ANOTHER = re.compile(
    r"\b(?:others?|another|different|else|more|new(?:er)?|next|ander\w+|weitere\w*|neue\w*|mehr"
    r"|noch (?:ein\w*|was|etwas)|noch(?=\W*$)"
    r"|otr[oa]s?|más|nuev[oa]s?|diferentes?|distint[oa]s?|autres?|encore|nouve(?:au|lle)x?s?|différente?s?"
    r"|davantage|^\W*plus(?=\W*$)|altr[oiae]|ancora|nuov[oiae]|divers[oiae]|di più|outr[oa]s?|mais|nov[oa]s?)\b",
    re.IGNORECASE,
)


class Wish(Struct, frozen=True):
    """A wish as it is searched for: its words in English, and whether it names something that must be matched.

    `another`: it is for something that was not shown yet, as far as that can be.
    """

    text: str
    words: frozenset[str]
    specific: bool
    another: bool = False


def read_wish(text: str) -> Wish:
    """Read a wish in the fan's or the model's words."""
    text = " ".join(text.split())
    telling = _telling(text)
    specific = bool(telling)
    if specific and len(re.findall(r"[\w'-]+", text)) > FEW:
        specific = any(_telling(match["after"] or match["before"] or "") for match in _NAMED.finditer(text))
    english = re.sub(r"[\w'-]+", lambda match: _data()["english"].get(match[0].lower(), match[0]), text)
    return Wish(english, frozenset(_stem(word) for word in telling), specific, bool(_ANOTHER.search(text)))


def words_of(text: str) -> frozenset[str]:
    """Return the telling words of a text, without plural endings."""
    return frozenset(_stem(word) for word in _telling(text))


def _telling(text: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return [_data()["english"].get(word, word) for word in words if len(word) > 2 and word not in _plain()]


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text())


@cache
def _plain() -> frozenset[str]:
    return frozenset(_data()["plain"].split())
