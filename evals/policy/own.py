"""Our own labelled messages: `sets/dev.toml` for tuning, `sets/held_out.toml`, which nobody looks at while tuning."""

from __future__ import annotations

import tomllib
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).with_name("sets")
HALVES = ("dev", "held_out")


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
