"""Telling phrases: patterns by language, kept as data in `phrases/`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("phrases")


@cache
def load_phrases(kind: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    """Return the patterns of a kind (crisis, minor, steering) by language, for text in lower case with plain apostrophes."""
    table = tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
    return {language: tuple(re.compile(pattern) for pattern in patterns) for language, patterns in table.items()}
