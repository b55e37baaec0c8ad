"""Short ids: a person types a few characters of an id, as long as they fit one thing only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from core.errors import BadInput, NotFound

SHOWN = 8
NAMED = 6


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> UUID:
        """Return the id."""
        ...


T = TypeVar("T", bound=Identified)


def shorten(full: UUID) -> str:
    """Return the end of an id: ids begin with the time, so their ends differ most."""
    return full.hex[-SHOWN:]


def fits(full: UUID, given: str) -> bool:
    """Tell whether a person who typed `given` may mean this id."""
    typed = given.strip().lower().replace("-", "")
    return bool(typed) and (full.hex.startswith(typed) or full.hex.endswith(typed))


def find(things: Sequence[T], given: str, what: str, name: Callable[[T], str], listing: str) -> T:
    """Return the one thing whose id `given` fits; the errors are those of `choose`."""
    return choose([thing for thing in things if fits(thing.id, given)], given, what, name, listing)


def choose(found: Sequence[T], given: str, what: str, name: Callable[[T], str], listing: str) -> T:
    """Return the only thing found. Raises `NotFound`, naming the command `listing`, and `BadInput`, naming the candidates."""
    if not found:
        raise NotFound(f"There is no {what} {given!r}; type: {listing}")
    if len(found) > 1:
        named = ", ".join(f"{shorten(thing.id)} ({name(thing)})" for thing in found[:NAMED])
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise BadInput(f"{given!r} may mean one of {len(found)}: {named}{more}; type the id of one {what}.")
    return found[0]


def read_full(given: str) -> UUID | None:
    """Return the id if a person typed all of it."""
    try:
        return UUID(given.strip())
    except ValueError:
        return None
