"""Micro-batches: calls that come in while a batch runs share the next one. Nobody waits for a batch to fill."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

Vectors: TypeAlias = list[list[float]]
Compute: TypeAlias = Callable[[list[str]], Awaitable[Vectors]]


class Batcher:
    """Gathers texts of concurrent callers, at most `largest` a batch, and computes one batch at a time."""

    def __init__(self, compute: Compute, largest: int = 32) -> None:
        """Compute batches with `compute`; it returns one vector per text."""
        self._compute = compute
        self._largest = largest
        self._waiting: list[tuple[str, asyncio.Future[list[float]]]] = []
        self._task: asyncio.Task[None] | None = None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per text; raises what `compute` raises."""
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[list[float]]] = [loop.create_future() for _ in texts]
        self._waiting.extend(zip(texts, futures, strict=True))
        if futures and (self._task is None or self._task.done()):
            self._task = loop.create_task(self._drain())
        try:
            return [await future for future in futures]
        finally:
            for future in futures:
                if not future.cancel() and not future.cancelled():
                    future.exception()  # seen: the first one has been raised already

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
            batch = [(text, future) for text, future in batch if not future.done()]  # whose caller is gone
            if batch:
                await self._run(batch)

    async def _run(self, batch: list[tuple[str, asyncio.Future[list[float]]]]) -> None:
        try:
            vectors = await self._compute([text for text, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        except asyncio.CancelledError:
            for _, future in [*batch, *self._waiting]:
                future.cancel()
            raise
        for (_, future), vector in zip(batch, vectors, strict=True):
            if not future.done():
                future.set_result(vector)
