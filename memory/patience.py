"""Asking a vector index within a deadline: a turn does not wait for one that is away or slow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from core.errors import BadInput, Unavailable
from core.log import get_logger
from core.ports import IndexHit, VectorIndex

DEADLINE_S = 0.025
"""How long a turn waits for the index before the rows are searched instead."""

LATE_AT_ONCE = 8
"""Answers that may be overdue at once; beyond, a slow index is not asked at all."""

WITHOUT_MEANING = "without meaning"
"""The mark of a recall by words alone."""

log = get_logger(__name__)


class PatientIndex:
    """Asks indexes and gives up on late ones. An answer that is late is let come in: cutting it off costs a connection."""

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        """Wait for at most `deadline_s` seconds."""
        self._deadline_s = deadline_s
        self._late: set[asyncio.Task[list[IndexHit]]] = set()

    async def ask(
        self, index: VectorIndex, vector: Sequence[float], scope: Mapping[str, str], k: int, marks: set[str]
    ) -> list[IndexHit] | None:
        """Return what the index finds; none when it is away or late, and `marks` then says which."""
        if len(self._late) >= LATE_AT_ONCE:
            marks.add("index late")
            return None
        task = asyncio.ensure_future(index.query(vector, scope, k))
        self._late.add(task)
        task.add_done_callback(self._end)
        done, _ = await asyncio.wait({task}, timeout=self._deadline_s)
        if not done:
            log.warning("index is late", index=index.name, deadline_ms=self._deadline_s * 1000)
            marks.add("index late")
            return None
        if isinstance(task.exception(), Unavailable | BadInput):
            log.warning("index is away", index=index.name, error=str(task.exception()))
            marks.add("index away")
            return None
        return task.result()

    def _end(self, task: asyncio.Task[list[IndexHit]]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()  # seen, also when nobody waits any more
