"""A circuit breaker: after failures in a row the model is left alone for a while, then tried once."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum


class BreakerState(StrEnum):
    """Closed: calls go through. Open: none does. Half open: one is out to see whether it works again."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Breaker:
    """Counts failures in a row; opens at `failures` and rests for `rest_s` seconds."""

    def __init__(self, failures: int, rest_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._rest = rest_s
        self._now = now
        self._opened_at: float | None = None
        self._probing = False
        self.failures = 0

    @property
    def state(self) -> BreakerState:
        """Return the present state."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        rested = self._now() - self._opened_at >= self._rest
        return BreakerState.HALF_OPEN if rested else BreakerState.OPEN

    def admit(self) -> bool:
        """Whether a call may go out now; while half open only one may."""
        if self.state is BreakerState.HALF_OPEN and not self._probing:
            self._probing = True
            return True
        return self.state is BreakerState.CLOSED

    def succeed(self) -> None:
        """Note that a call worked."""
        self.failures = 0
        self._opened_at = None
        self._probing = False

    def fail(self) -> None:
        """Note that a call failed."""
        self.failures += 1
        self._probing = False
        if self._opened_at is not None or self.failures >= self._limit:
            self._opened_at = self._now()

    def give_up(self) -> None:
        """Note that a call ended without a verdict on the model, as a cancelled one does."""
        self._probing = False
