"""Switches that make the next calls of a method go wrong, first switched first used."""

from __future__ import annotations

from collections import deque
from typing import Literal

from msgspec import Struct

ANY = "*"


class Fault(Struct, frozen=True):
    """What goes wrong with one call: refused undone, done or answered late, or the connection breaks."""

    kind: Literal["rate_limit", "error", "late", "stall", "drop_before", "drop_after"]
    seconds: float = 0.0
    retry_after: int = 1
    status: int = 500


class Faults:
    """Faults waiting for calls. Methods are named as the Bot API does; `ANY` stands for every method."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def rate_limit(self, method: str, retry_after: int = 1, times: int = 1) -> None:
        """Answer 429 with `retry_after` seconds; nothing is done."""
        self._add(method, Fault("rate_limit", retry_after=retry_after), times)

    def error(self, method: str, status: int = 500, times: int = 1) -> None:
        """Answer a server error; nothing is done. 502 and above come as a proxy's page, not as JSON."""
        self._add(method, Fault("error", status=status), times)

    def late(self, method: str, seconds: float, times: int = 1) -> None:
        """Do what was asked at once and answer only after `seconds`."""
        self._add(method, Fault("late", seconds=seconds), times)

    def stall(self, method: str, seconds: float, times: int = 1) -> None:
        """Do what was asked only after `seconds`, even for a caller who has left by then."""
        self._add(method, Fault("stall", seconds=seconds), times)

    def drop_before(self, method: str, times: int = 1) -> None:
        """Break the connection and do nothing."""
        self._add(method, Fault("drop_before"), times)

    def drop_after(self, method: str, times: int = 1) -> None:
        """Do what was asked and break the connection without an answer."""
        self._add(method, Fault("drop_after"), times)

    def clear(self) -> None:
        """Switch everything off."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """Use up the next fault for a call of `method`."""
        for name in (method.lower(), ANY):
            if waiting := self._waiting.get(name):
                return waiting.popleft()
        return None

    def _add(self, method: str, fault: Fault, times: int) -> None:
        self._waiting.setdefault(method.lower(), deque()).extend([fault] * times)
