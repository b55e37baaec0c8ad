"""Decorators of lorebook entries: lines such as `@@depth 4` in an entry's content, each with fallbacks (`@@@depth 2`) below it.

The first decorator of a name counts. What is not known, not valid, or without meaning in a chat is passed over for its first
fallback that is. All decorator lines are taken out of what is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from msgspec import Struct

Role: TypeAlias = Literal["system", "user", "assistant"]

MOST_FALLBACKS = 10
"""So many fallbacks of one decorator are looked at."""
MOST_VALUES = 100
"""So many values of `@@additional_keys` and `@@exclude_keys` count."""

_LINE = re.compile(r"@@(?P<fallback>@?)(?P<name>[A-Za-z][A-Za-z_]*)(?:[ \t]+(?P<value>.*))?")


class Decorators(Struct, frozen=True):
    """What the decorators of one entry say. Depths count messages from the newest; `additional`: one of each must be there."""

    activate: bool = False
    dont_activate: bool = False
    keep_activate_after_match: bool = False
    dont_activate_after_match: bool = False
    ignore_on_max_context: bool = False
    activate_only_after: int | None = None
    activate_only_every: int | None = None
    depth: int | None = None
    reverse_depth: int | None = None
    scan_depth: int | None = None
    is_greeting: int | None = None
    is_user_icon: str | None = None
    role: Role | None = None
    position: str | None = None
    disable_ui_prompt: str | None = None
    additional_keys: tuple[tuple[str, ...], ...] = ()
    exclude_keys: tuple[str, ...] = ()

    @property
    def remembers(self) -> bool:
        """Whether earlier matches of the entry matter."""
        return self.keep_activate_after_match or self.dont_activate_after_match


@lru_cache(maxsize=4096)
def read_decorators(content: str) -> tuple[Decorators, str]:
    """Return what an entry's decorators say, and its content without them."""
    if "@@" not in content:
        return Decorators(), content
    said: dict[str, Any] = {}
    kept: list[str] = []
    fallbacks = MOST_FALLBACKS  # a fallback without a decorator above it means nothing
    for line in content.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            kept.append(line)
            fallbacks = MOST_FALLBACKS if line.strip() else fallbacks
        elif not match["fallback"]:
            fallbacks = MOST_FALLBACKS if _take(said, match["name"], match["value"] or "") else 0
        elif fallbacks < MOST_FALLBACKS:
            fallbacks = MOST_FALLBACKS if _take(said, match["name"], match["value"] or "") else fallbacks + 1
    return Decorators(**said), "\n".join(kept).strip("\n")


def _take(said: dict[str, Any], name: str, value: str) -> bool:
    """Note one decorator; return whether it is understood. A second one of a name is understood and means nothing."""
    reads = _KNOWN.get(name)
    read = reads(value.strip()) if reads else None
    if read is None:
        return False
    if name == "additional_keys":
        said[name] = (*said.get(name, ()), read)
    else:
        said.setdefault(name, read)
    return True


def _flag(_value: str) -> bool | None:
    return True


def _number(value: str) -> int | None:
    """Read a whole number; `4.0` is one."""
    whole = re.fullmatch(r"(-?[0-9]{1,7})(?:\.0+)?", value)
    return int(whole[1]) if whole else None


def _count(value: str) -> int | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _index(value: str) -> int | None:
    number = _number(value)
    return number if number is not None and number >= 0 else None


def _values(value: str) -> tuple[str, ...] | None:
    found = tuple(part.strip() for part in value.split(",")[:MOST_VALUES] if part.strip())
    return found or None


def _one_of(*known: str) -> Callable[[str], str | None]:
    return lambda value: value if value in known else None


POSITIONS = ("before_desc", "after_desc", "personality", "scenario")
"""The places that `@@position` may name."""

# `@@instruct_depth`, `@@reverse_instruct_depth` and `@@instruct_scan_depth` are for texts that are no chat: the spec passes
# them over in one, so they are not here and their fallbacks count.
_KNOWN: dict[str, Callable[[str], Any]] = {
    "activate": _flag,
    "dont_activate": _flag,
    "keep_activate_after_match": _flag,
    "dont_activate_after_match": _flag,
    "ignore_on_max_context": _flag,
    "activate_only_after": _index,
    "activate_only_every": _count,
    "depth": _number,
    "reverse_depth": _index,
    "scan_depth": _index,
    "is_greeting": _index,
    "is_user_icon": lambda value: value or None,
    "role": _one_of("system", "user", "assistant"),
    "position": _one_of(*POSITIONS),
    "disable_ui_prompt": _one_of("system_prompt", "post_history_instructions"),
    "additional_keys": _values,
    "exclude_keys": _values,
}
