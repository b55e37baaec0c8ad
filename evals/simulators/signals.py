"""Waiting for something to become true, woken by changes and never by polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Signal:
    """Wakes everybody who waits whenever something has changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Say that something has changed."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def changed(self) -> None:
        """Wait for the next change."""
        await self._event.wait()

    async def until(self, look: Callable[[], T | None], timeout_s: float, missed: Callable[[], str]) -> T:
        """Return what `look` finds as soon as it is not None. Raises `TimeoutError` with the sentence of `missed`."""
        try:
            async with asyncio.timeout(timeout_s):
                while (found := look()) is None:
                    await self.changed()
                return found
        except TimeoutError:
            raise TimeoutError(missed()) from None
