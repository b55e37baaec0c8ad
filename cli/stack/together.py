"""Several things at once, with one plain error instead of a group of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


async def together(*works: Coroutine[None, None, None]) -> None:
    """Run all to the end; the first error cancels the others and is raised itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as errors:
        raise _first(errors) from None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
