"""A card's lorebook and the house's."""

from __future__ import annotations

import copy
import math
from typing import Any, Literal

from core.errors import BadInput
from personas.cards.bounds import LONGEST_CONTENT, MOST_ENTRIES, MOST_KEYS
from personas.cards.fields import Fields, Loss
from personas.lore import check_book
from personas.lorebook import Entry, Lorebook

MOST_SCAN_DEPTH = 200
MOST_BUDGET = 32_000


def read_book(book: Fields, losses: list[Loss]) -> Lorebook:
    """Return a card's lorebook as the house's. Raises `BadInput`; what is cut or can never match is added to `losses`."""
    check_size(book)
    raw = book.many("entries")
    entries = tuple(_read_entry(Fields(one, f"{book.path}entries[{at}]."), losses) for at, one in enumerate(raw))
    read = Lorebook(
        entries=entries,
        name=book.text("name"),
        description=book.text("description"),
        recursive=book.flag("recursive_scanning", default=False),
        extensions=_extensions(book),
        **_bounded(book, "scan_depth", MOST_SCAN_DEPTH, losses),
        **_bounded(book, "token_budget", MOST_BUDGET, losses),
    )
    losses += [Loss(f"{book.path}entries", warning) for warning in check_book(read)]
    return read


def check_size(book: Fields) -> None:
    """Raise `BadInput` when a lorebook has too many entries."""
    count = len(book.many("entries"))
    if count > MOST_ENTRIES:
        raise BadInput(f"{book.path}entries has {count} entries; Muse takes {MOST_ENTRIES}. Take the least needed out.")


def write_book(book: Lorebook, *, v3: bool) -> dict[str, Any]:
    """Return the house's lorebook as a card has it."""
    return {
        "name": book.name,
        "description": book.description,
        "scan_depth": book.scan_depth,
        "token_budget": book.token_budget,
        "recursive_scanning": book.recursive,
        "extensions": copy.deepcopy(book.extensions),
        "entries": [_write_entry(entry, at, v3=v3) for at, entry in enumerate(book.entries)],
    }


def _read_entry(entry: Fields, losses: list[Loss]) -> Entry:
    order = entry.number("insertion_order")
    priority = entry.number("priority")
    order = 100.0 if order is None else order
    content = entry.text("content")
    if len(content) > LONGEST_CONTENT:
        raise BadInput(f"{entry.path}content has {len(content)} characters; Muse takes {LONGEST_CONTENT}.")
    return Entry(
        keys=_keys(entry, "keys", losses),
        content=content,
        secondary_keys=_keys(entry, "secondary_keys", losses),
        enabled=entry.flag("enabled", default=True),
        constant=entry.flag("constant", default=False),
        selective=entry.flag("selective", default=False),
        case_sensitive=entry.flag("case_sensitive", default=False),
        use_regex=entry.flag("use_regex", default=False),
        insertion_order=order,
        priority=order if priority is None else priority,  # the spec: without a priority, the order says what goes first
        position=_position(entry, losses),
        name=entry.text("name"),
        comment=entry.text("comment"),
        extensions=_extensions(entry),
    )


def _write_entry(entry: Entry, at: int, *, v3: bool) -> dict[str, Any]:
    return {
        "keys": list(entry.keys),
        "content": entry.content,
        "extensions": copy.deepcopy(entry.extensions),
        "enabled": entry.enabled,
        "insertion_order": _plain(entry.insertion_order),
        "case_sensitive": entry.case_sensitive,
        **({"use_regex": entry.use_regex} if v3 else {}),
        "constant": entry.constant,
        "name": entry.name,
        "priority": _plain(entry.priority),
        "id": at,
        "comment": entry.comment,
        "selective": entry.selective,
        "secondary_keys": list(entry.secondary_keys),
        "position": entry.position,
    }


def _keys(entry: Fields, name: str, losses: list[Loss]) -> tuple[str, ...]:
    keys = entry.words(name)
    if len(keys) > MOST_KEYS:
        losses.append(Loss(f"{entry.path}{name}", f"of {len(keys)} keys the first {MOST_KEYS} are used"))
    return tuple(keys[:MOST_KEYS])


def _position(entry: Fields, losses: list[Loss]) -> Literal["before_char", "after_char"]:
    value = entry.table.get("position")
    if value == "before_char":
        return "before_char"
    if value not in (None, "", "after_char"):
        losses.append(Loss(f"{entry.path}position", "no place of the spec; the entry stands after the character"))
    return "after_char"


def _bounded(book: Fields, name: str, most: int, losses: list[Loss]) -> dict[str, Any]:
    """Return a whole number within its bounds by its name, or nothing for the house's own."""
    given = book.number(name)
    if given is None:
        return {}
    used = int(min(max(given, 0), most)) if math.isfinite(given) else most
    if used != given:
        losses.append(Loss(f"{book.path}{name}", f"{given:g} is used as {used}"))
    return {name: used}


def _extensions(fields: Fields) -> dict[str, Any]:
    found = fields.inside("extensions")
    return copy.deepcopy(found.table) if found else {}


def _plain(number: float) -> float | int:
    """Write a whole number as one."""
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number
