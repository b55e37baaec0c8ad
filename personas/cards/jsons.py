"""JSON as cards have it: read strictly, written so that every value comes back as it was."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, NoReturn

from core.errors import BadInput
from personas.cards.bounds import MOST_DEPTH, MOST_DIGITS, MOST_JSON_BYTES, MOST_VALUES


def read_json(data: bytes, what: str) -> Any:
    """Read strict JSON in UTF-8. Raises `BadInput`, saying what is wrong with `what`.

    Refused: no JSON, a key twice, NaN and infinities, NUL characters, lone surrogates, and what is beyond the bounds.
    """
    if len(data) > MOST_JSON_BYTES:
        raise BadInput(f"{what} has {len(data)} bytes of JSON; Muse reads {MOST_JSON_BYTES}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{what} is no text in UTF-8 (byte {error.start}); save it as UTF-8.") from None
    reading = _Reading(what)
    try:
        value = json.loads(
            text,
            object_pairs_hook=reading.table,
            parse_int=reading.whole,
            parse_float=reading.number,
            parse_constant=reading.constant,
        )
    except json.JSONDecodeError as error:
        raise BadInput(f"{what} is no JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except RecursionError:
        raise _too_deep(what) from None
    _look_over(value, what)
    return value


def write_json(value: Any, *, indent: int | None = None) -> bytes:
    """Write a value that `read_json` gave, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent).encode()


class _Reading:
    """What is refused while the document is read; the parser itself would let it pass."""

    def __init__(self, what: str) -> None:
        self._what = what

    def table(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise BadInput(f"{self._what} has the key {twice[:80]!r} twice in one object; take one of them out.")
        return table

    def whole(self, text: str) -> int:
        self._measure(text)
        return int(text)

    def number(self, text: str) -> float:
        self._measure(text)
        number = float(text)
        if math.isinf(number):
            raise BadInput(f"{self._what} has the number {text[:40]}, which is too large to be kept.")
        return number

    def constant(self, text: str) -> NoReturn:
        raise BadInput(f"{self._what} has {text} in it, which is no JSON number.")

    def _measure(self, text: str) -> None:
        if len(text) > MOST_DIGITS:
            raise BadInput(f"{self._what} has a number of {len(text)} digits; Muse reads {MOST_DIGITS}.")


def _look_over(value: Any, what: str) -> None:
    """Look at every text and level, without recursion."""
    level, depth, values = [value], 0, 0
    while level:
        depth += 1
        values += len(level)
        if depth > MOST_DEPTH + 1:
            raise _too_deep(what)
        if values > MOST_VALUES:
            raise BadInput(f"{what} has more than {MOST_VALUES} values; Muse reads no more.")
        inside: list[Any] = []
        for one in level:
            if isinstance(one, str):
                _look_at_text(one, what)
            elif isinstance(one, dict):
                inside += one
                inside += one.values()
            elif isinstance(one, list):
                inside += one
        level = inside


def _look_at_text(text: str, what: str) -> None:
    if "\0" in text:
        raise BadInput(f"{what} has a NUL character in a text; take it out.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"{what} has half a character (U+{ord(text[error.start]):04X}) in a text; take it out.") from None


def _too_deep(what: str) -> BadInput:
    return BadInput(f"{what} has objects and lists deeper than {MOST_DEPTH} in one another.")
