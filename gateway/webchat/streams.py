"""How many event streams a fan has open here: a few tabs are fine, a thousand are an attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import RateLimited

AT_MOST = 6
RETRY_AFTER_S = 10.0


class Streams:
    """Counts the open streams of each fan in this process."""

    def __init__(self, at_most: int = AT_MOST) -> None:
        """Allow so many a fan."""
        self._at_most = at_most
        self._open: Counter[str] = Counter()

    def check(self, handle: str) -> None:
        """Raise `RateLimited` when a fan has no place left."""
        if self._open.get(handle, 0) >= self._at_most:
            raise RateLimited("The chat is open too many times; close another tab.", RETRY_AFTER_S)

    @contextmanager
    def place(self, handle: str) -> Iterator[None]:
        """Hold a place for a stream. Raises `RateLimited` when others were quicker."""
        self.check(handle)
        self._open[handle] += 1
        try:
            yield
        finally:
            self._open[handle] -= 1
            if not self._open[handle]:
                del self._open[handle]
