"""Reading a card's fields: null is as good as absent, and a wrong kind is an error that names the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from core.errors import BadInput

KINDS = {str: "text", bool: "yes or no", int: "a number", float: "a number", list: "a list", dict: "an object"}


class Loss(Struct, frozen=True):
    """A field that could not be carried over, and why."""

    field: str
    why: str


class Fields:
    """One object of a card, which knows how it is called in errors."""

    def __init__(self, table: Any, path: str) -> None:
        """Take an object. Raises `BadInput` when it is none."""
        self.table: dict[str, Any] = _expect(table, dict, path.rstrip("."))
        self.path = path

    def text(self, name: str, *, default: str = "") -> str:
        """Return a text. Raises `BadInput`."""
        value = self.table.get(name)
        return default if value is None else _expect(value, str, self.path + name)

    def texts(self, name: str) -> list[str]:
        """Return a list of texts. Raises `BadInput`."""
        return [_expect(one, str, f"{self.path}{name}[{at}]") for at, one in enumerate(self.many(name))]

    def words(self, name: str) -> list[str]:
        """Return a list of texts, which some programs write as one text with commas. Raises `BadInput`."""
        value = self.table.get(name)
        return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else self.texts(name)

    def many(self, name: str) -> list[Any]:
        """Return a list of anything. Raises `BadInput`."""
        value = self.table.get(name)
        return [] if value is None else _expect(value, list, self.path + name)

    def number(self, name: str) -> float | None:
        """Return a number, if it is given. Raises `BadInput`."""
        value = self.table.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(value, "a number", self.path + name)
        try:
            return float(value)
        except OverflowError:
            raise BadInput(f"{self.path}{name} is too large a number.") from None

    def flag(self, name: str, *, default: bool) -> bool:
        """Return yes or no. Raises `BadInput`."""
        value = self.table.get(name)
        return default if value is None else _expect(value, bool, self.path + name)

    def inside(self, name: str) -> Fields | None:
        """Return an object, if it is given. Raises `BadInput`."""
        value = self.table.get(name)
        return None if value is None else Fields(value, f"{self.path}{name}.")


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield every text and number below a value as (path, key, value), keys of objects too; without recursion."""
    waiting: list[tuple[str, str, Any]] = [(path, "", value)]
    while waiting:
        where, key, one = waiting.pop()
        if isinstance(one, dict):
            for name, inner in reversed(one.items()):
                inner_path = f"{where}.{name}" if where else name
                waiting.append((inner_path, name, inner))
                waiting.append((f"{inner_path} (the key)", "", name))
        elif isinstance(one, list):
            waiting.extend((f"{where}[{at}]", key, inner) for at, inner in reversed(list(enumerate(one))))
        elif one is not None:
            yield where, key, one


def _expect(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise _wrong(value, KINDS[kind], where)
    return value


def _wrong(value: Any, wanted: str, where: str) -> BadInput:
    return BadInput(f"{where} is {KINDS.get(type(value), 'null')}, but has to be {wanted}.")
