"""Macros of character cards: `{{char}}`, `{{user}}` and their kin become words. The same text and seed give the same words."""

from __future__ import annotations

import re
import zlib

MOST_PASSES = 4
"""So deep may macros stand in one another; deeper ones stay as they are written."""

_MACRO = re.compile(r"\{\{([^{}]*)\}\}")
_TAGS = re.compile(r"<(bot|char|user)>", re.IGNORECASE)
_BRACES = str.maketrans("", "", "{}<>")


def fill(text: str, char: str, fan: str, *, seed: int = 0, hidden: bool = False) -> str:
    """Return the text with its macros filled: `char` is the persona's name, `fan` the fan's.

    Comments vanish; `hidden` keeps the words of `{{hidden_key:…}}`, for scanning only. Chance is drawn from text and seed.
    Macros that the card specs do not know stay as they are written.
    """
    names = {"char": char.translate(_BRACES), "bot": char.translate(_BRACES), "user": fan.translate(_BRACES)}
    if "<" in text:
        text = _TAGS.sub(lambda match: names[match[1].lower()], text)
    for _ in range(MOST_PASSES):
        filled = _MACRO.sub(lambda match: _word(match, names, seed, hidden), text) if "{{" in text else text
        if filled == text:
            break
        text = filled
    return text


def _word(match: re.Match[str], names: dict[str, str], seed: int, hidden: bool) -> str:
    inside = match[1].strip()
    if inside.startswith("//"):
        return ""
    name, colon, value = inside.partition(":")
    name = name.strip().lower()
    if not colon:
        return names.get(name, match[0])
    draw = zlib.crc32(f"{seed}:{match.start()}:{inside}".encode("utf-8", "replace"))
    if name == "comment":
        return ""
    if name == "hidden_key":
        return value.strip() if hidden else ""
    if name == "reverse":
        return value[::-1]
    if name in ("random", "pick"):
        choices = _choices(value)
        return choices[draw % len(choices)]
    if name == "roll":
        sides = value.strip().lstrip(":").lower().removeprefix("d")
        return str(draw % int(sides) + 1) if sides.isdecimal() and 0 < len(sides) < 7 and int(sides) else match[0]
    return match[0]


def _choices(value: str) -> list[str]:
    """Cut `A,B,C` or the older `:A::B::C`; a comma after a backslash is of the text itself."""
    if value.startswith(":") and "::" in value:
        return value.removeprefix(":").split("::")
    return [choice.replace("\0", ",").strip() for choice in value.lstrip(":").replace("\\,", "\0").split(",")]
