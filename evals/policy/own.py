"""Our own labelled messages: `sets/dev.toml` for tuning, `sets/held_out.toml`, which nobody looks at while tuning.

`sets/ages.toml` are statements of ages, for which the rule was made: what is found there is a promise kept, and no estimate.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).with_name("sets")
HALVES = ("dev", "held_out")
ADULT_AGES, YOUNG_AGES = (*range(18, 25), *range(25, 81, 5)), tuple(range(10, 18))


class Labelled(Struct, frozen=True):
    """One message and what it is (crisis, minor, steering, ordinary); `earlier` and `before` went before it."""

    text: str
    kind: str
    language: str = "en"
    earlier: tuple[str, ...] = ()
    before: str = ""


def load_own(half: str) -> list[Labelled]:
    """Return the messages of a half; those that hang on context are of the language `context`."""
    table = tomllib.loads((FOLDER / f"{half}.toml").read_text(encoding="utf-8"))
    context = table.pop("context", [])
    plain = [Labelled(text, kind, language) for kind, by in table.items() for language, texts in by.items() for text in texts]
    return plain + [
        Labelled(c["text"], c["kind"], "context", tuple(c.get("earlier", ())), c.get("before", "")) for c in context
    ]


def load_ages() -> list[Labelled]:
    """Return statements of ages as `adult`, `minor`, or `other`: numbers that are nobody's own age."""
    table = tomllib.loads((FOLDER / "ages.toml").read_text(encoding="utf-8"))
    statements = [(text, language) for language, texts in table.pop("statements").items() for text in texts]
    found = [Labelled(text, kind, language) for kind, by in table.items() for language, texts in by.items() for text in texts]
    for kind, ages in (("adult", ADULT_AGES), ("minor", YOUNG_AGES)):
        found += [Labelled(text.replace("N", str(age), 1), kind, language) for text, language in statements for age in ages]
    return found
