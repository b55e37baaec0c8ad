"""What differs between two personas, key by key and item by item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

import msgspec
from msgspec import Struct

from personas.schema import Persona


class Difference(Struct, frozen=True):
    """One thing that differs: under which key, what stood there (none: nothing), and what stands there now."""

    key: str
    before: Any
    after: Any


def compare(before: Persona, after: Persona) -> list[Difference]:
    """Return what differs, in the order of the keys."""
    return list(_compare("", before.to_document(), after.to_document()))


def _compare(key: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _compare(f"{key}.{name}" if key else name, before.get(name), after.get(name))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _compare_lists(key, before, after)
    elif (before, type(before)) != (after, type(after)):
        yield Difference(key, before, after)


def _compare_lists(key: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Compare item by item; where as many were taken out as put in, what stands in the same place is compared within."""
    old, new = ([msgspec.json.encode(item, order="sorted") for item in items] for items in (before, after))
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if b - a == d - c and all(isinstance(item, dict) for item in (*before[a:b], *after[c:d])):
            for place in range(b - a):
                yield from _compare(f"{key}[{a + place + 1}]", before[a + place], after[c + place])
            continue
        yield from (Difference(f"{key}[{place + 1}]", before[place], None) for place in range(a, b))
        yield from (Difference(f"{key}[{place + 1}]", None, after[place]) for place in range(c, d))
