"""What all slots share: the word lists, where a fan's words end, and the occasion on which they were said."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache

from msgspec import Struct

from memory.guards import RULES

LONGEST = 40


class Occasion(Struct, frozen=True):
    """Where a slot stands: the rule's language's `pets` and other `terms` with their English words, and the day it was said."""

    pets: Mapping[str, str]
    said: date
    terms: Mapping[str, Mapping[str, str]] = {}


@cache
def words(name: str) -> frozenset[str]:
    """Return one list of `words.toml`."""
    return frozenset(tomllib.loads((RULES / "words.toml").read_text())[name].split())


def cut(raw: str) -> list[str]:
    """Return the words up to where the sentence goes on with something else; at least one must be there to cut after."""
    kept: list[str] = []
    for token in re.findall(r"[^\W_][\w'’&-]*|[^\w\s]", raw.strip()):
        if not token[0].isalnum() or (kept and token.lower() in words("stops") | words("fillers")):
            break
        kept.append(token)
    return kept
