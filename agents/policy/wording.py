"""The house's own texts: written by people, kept word for word, exempt from the gates of style."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("texts")
DEFAULT = "en"


@cache
def load_wording(language: str) -> dict[str, str | list[str]]:
    """Read the texts of one language, as (key → text or variants)."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def choose_language(*hints: str | None) -> str:
    """Return the first hint that there are texts for ("de-AT" counts as "de"), else English."""
    there = {path.stem for path in FOLDER.glob("*.toml")}
    for hint in hints:
        if hint and (short := hint.lower().replace("_", "-").split("-")[0]) in there:
            return short
    return DEFAULT


def word(key: str, name: str, language: str, turn: int = 0) -> str:
    """Return one text with the persona's name in it; `turn` walks through the variants."""
    text = load_wording(language)[key]
    chosen = text if isinstance(text, str) else text[turn % len(text)]
    return chosen.replace("{name}", name)
