"""All that is wrong with a value of some type, each with its path and its remedy: msgspec itself stops at the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias

from msgspec import NODEFAULT, Struct, inspect

from personas.positions import KeyPath

SHOWN = 40
Also: TypeAlias = Mapping[KeyPath, Sequence[str]]


class Finding(Struct, frozen=True):
    """One thing that is wrong: where in the document, and a sentence that says what to do."""

    path: KeyPath
    sentence: str


def look_over(value: Any, kind: type, also: Also | None = None) -> list[Finding]:
    """Return all that keeps a value from being of a type. `also`: further keys that a table's file takes, for suggestions."""
    return list(_look(value, inspect.type_info(kind), (), also or {}))


def suggest(given: str, known: Sequence[str]) -> str:
    """Name the one that was probably meant, or all there are."""
    near = get_close_matches(given, known, 1)
    return f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(known))}."


def show(value: Any) -> str:
    """Write a value as it would stand in the file, shortened."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    written = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return written if len(written) <= SHOWN else f"{written[:SHOWN]}…"


def _look(value: Any, kind: inspect.Type, path: KeyPath, also: Also) -> Iterator[Finding]:
    for known, look in LOOKS.items():
        if isinstance(kind, known):
            yield from look(value, kind, path, also)
            return
    if not _is(value, kind):
        yield Finding(path, f"{_name(path)} is {show(value)}; give {describe(kind)}.")


def _look_inside(value: Any, kind: inspect.Metadata, path: KeyPath, also: Also) -> Iterator[Finding]:
    """Look by the type within; the words of its `Meta(description=…)` are the remedy."""
    found = list(_look(value, kind.type, path, also))
    if found and all(finding.path == path for finding in found):
        found = [Finding(path, f"{_name(path)} is {show(value)}; give {describe(kind)}.")]
    yield from found


def _look_at_table(value: Any, kind: inspect.StructType, path: KeyPath, also: Also) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield Finding(path, f"{_name(path)} is {show(value)}; give a table.")
        return
    fields = {field.encode_name: field for field in kind.fields}
    if kind.forbid_unknown_fields:
        for key in sorted(value.keys() - fields.keys()):
            yield Finding((*path, key), f"{key} is no key{_of(path)}; {suggest(key, [*fields, *also.get(path, ())])}")
    for name, field in fields.items():
        if name in value:
            yield from _look(value[name], field.type, (*path, name), also)
        elif field.required and field.default is NODEFAULT:
            yield Finding((*path, name), f"{name} is missing{_of(path)}; give {describe(field.type)}.")


def _look_at_list(value: Any, kind: inspect.VarTupleType, path: KeyPath, also: Also) -> Iterator[Finding]:
    if not isinstance(value, list | tuple):
        yield Finding(path, f"{_name(path)} is {show(value)}; give a list.")
        return
    least, most = kind.min_length or 0, kind.max_length
    if len(value) < least:
        yield Finding(path, f"{_name(path)} has {len(value)}; give at least {least}, each {describe(kind.item_type)}.")
    if most is not None and len(value) > most:
        yield Finding(path, f"{_name(path)} has {len(value)}; give at most {most}.")
    for place, item in enumerate(value):
        yield from _look(item, kind.item_type, (*path, place), also)


def _look_at_row(value: Any, kind: inspect.TupleType, path: KeyPath, also: Also) -> Iterator[Finding]:
    if not isinstance(value, list | tuple) or len(value) != len(kind.item_types):
        yield Finding(path, f"{_name(path)} is {show(value)}; give {describe(kind)}.")
        return
    for place, (item, item_type) in enumerate(zip(value, kind.item_types, strict=True)):
        yield from _look(item, item_type, (*path, place), also)


def _look_at_names(value: Any, kind: inspect.DictType, path: KeyPath, also: Also) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield Finding(path, f"{_name(path)} is {show(value)}; give a table.")
        return
    for name, item in value.items():
        yield from _look(item, kind.value_type, (*path, name), also)


def _look_at_choice(value: Any, kind: inspect.UnionType, path: KeyPath, also: Also) -> Iterator[Finding]:
    tried = [list(_look(value, one, path, also)) for one in kind.types]
    if all(tried):
        inner = [found for found in tried if found[0].path != path]
        others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        if inner:
            yield from inner[0]
        elif len(others) == 1:
            yield from _look(value, others[0], path, also)
        else:
            yield Finding(path, f"{_name(path)} is {show(value)}; give {describe(kind)}.")


Look: TypeAlias = Callable[[Any, Any, KeyPath, Also], Iterator[Finding]]
LOOKS: dict[type[inspect.Type], Look] = {
    inspect.Metadata: _look_inside,
    inspect.StructType: _look_at_table,
    inspect.VarTupleType: _look_at_list,
    inspect.ListType: _look_at_list,
    inspect.TupleType: _look_at_row,
    inspect.DictType: _look_at_names,
    inspect.UnionType: _look_at_choice,
}


def _is(value: Any, kind: inspect.Type) -> bool:
    match kind:
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool) and _within(value, kind)
        case inspect.FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool) and _within(value, kind)
        case inspect.StrType():
            return isinstance(value, str) and _fits(value, kind)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.LiteralType():
            return value in kind.values
        case inspect.NoneType():
            return value is None
    return True


def _within(value: float, kind: inspect.IntType | inspect.FloatType) -> bool:
    if value != value or value in (float("inf"), float("-inf")):
        return False
    return not (
        (kind.ge is not None and value < kind.ge)
        or (kind.le is not None and value > kind.le)
        or (kind.gt is not None and value <= kind.gt)
        or (kind.lt is not None and value >= kind.lt)
    )


def _fits(value: str, kind: inspect.StrType) -> bool:
    if not (kind.min_length or 0) <= len(value) <= (len(value) if kind.max_length is None else kind.max_length):
        return False
    return kind.pattern is None or re.search(kind.pattern, value) is not None


def describe(kind: inspect.Type) -> str:
    """Say in words what a value of a type looks like."""
    match kind:
        case inspect.Metadata():
            words = (kind.extra_json_schema or {}).get("description")
            return str(words) if words else describe(kind.type)
        case inspect.IntType() | inspect.FloatType():
            return ("a whole number" if isinstance(kind, inspect.IntType) else "a number") + _bounds(kind)
        case inspect.StrType():
            return "text" + _lengths(kind)
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType():
            return f"one of {', '.join(map(show, kind.values))}"
        case inspect.VarTupleType() | inspect.ListType():
            return f"a list, each {describe(kind.item_type)}"
        case inspect.TupleType():
            return f"a list of {len(kind.item_types)}: {', '.join(map(describe, kind.item_types))}"
        case inspect.UnionType():
            return " or ".join(describe(one) for one in kind.types if not isinstance(one, inspect.NoneType))
    return "a table"


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge:g} to {kind.le:g}"
    bounds = [(kind.ge, "of at least"), (kind.gt, "above"), (kind.le, "of at most"), (kind.lt, "below")]
    return " and".join(f" {words} {bound:g}" for bound, words in bounds if bound is not None)


def _lengths(kind: inspect.StrType) -> str:
    if kind.max_length is not None:
        return f" of {kind.min_length or 0} to {kind.max_length} characters"
    return f" like the pattern {kind.pattern}" if kind.pattern else ""


def _name(path: KeyPath) -> str:
    names = ".".join(part for part in path if isinstance(part, str))
    if not names:
        return "the file"
    return f"an item of {names}" if isinstance(path[-1], int) else names


def _of(path: KeyPath) -> str:
    names = [part for part in path if isinstance(part, str)]
    return f" of {'.'.join(names)}" if names else ""
