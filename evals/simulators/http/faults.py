"""Switches that make the next calls of a kind go wrong, first switched first used."""

from __future__ import annotations

from collections import deque
from typing import Literal

from msgspec import Struct

ANY = "*"


class Fault(Struct, frozen=True):
    """What goes wrong with one call: refused undone, done or answered late, answered oddly, or the connection breaks."""

    kind: Literal["refuse", "garbage", "late", "stall", "drop_before", "drop_after"]
    seconds: float = 0.0
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Faults:
    """Faults waiting for calls. Calls are named by their event's type, `list` or `file`; `ANY` stands for every one."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def refuse(self, what: str, status: int, *, retry_after: str = "", body: bytes = b"", times: int = 1) -> None:
        """Answer a status, with `Retry-After` if it is given; nothing is done."""
        headers = (("Retry-After", retry_after),) if retry_after else ()
        self._add(what, Fault("refuse", status=status, headers=headers, body=body), times)

    def redirect(self, what: str, to: str, times: int = 1) -> None:
        """Answer 307 and an address elsewhere; nothing is done."""
        self._add(what, Fault("refuse", status=307, headers=(("Location", to),)), times)

    def garbage(self, what: str, body: bytes = b"<html>fine</html>", times: int = 1) -> None:
        """Do what was asked and answer 200 with something that is no JSON."""
        self._add(what, Fault("garbage", body=body), times)

    def late(self, what: str, seconds: float, times: int = 1) -> None:
        """Do what was asked at once and answer only after `seconds`."""
        self._add(what, Fault("late", seconds=seconds), times)

    def stall(self, what: str, seconds: float, times: int = 1) -> None:
        """Do what was asked only after `seconds`, even for a caller who has left by then."""
        self._add(what, Fault("stall", seconds=seconds), times)

    def drop_before(self, what: str, times: int = 1) -> None:
        """Break the connection and do nothing."""
        self._add(what, Fault("drop_before"), times)

    def drop_after(self, what: str, times: int = 1) -> None:
        """Do what was asked and break the connection without an answer."""
        self._add(what, Fault("drop_after"), times)

    def clear(self) -> None:
        """Switch everything off."""
        self._waiting.clear()

    def take(self, what: str) -> Fault | None:
        """Use up the next fault for a call."""
        for name in (what, ANY):
            if waiting := self._waiting.get(name):
                return waiting.popleft()
        return None

    def _add(self, what: str, fault: Fault, times: int) -> None:
        self._waiting.setdefault(what, deque()).extend([fault] * times)
