"""Runs one piece of async work that SIGTERM and SIGHUP end as Ctrl-C does: in order, with everything stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run until done. Raises `KeyboardInterrupt` when a signal ended it."""
    with asyncio.Runner() as runner:
        return runner.run(_stoppable(work))


async def _stoppable(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
