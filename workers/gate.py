"""How many sends are on their way at once, and whose turn it is: accounts in a round, none with over half of all places."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class Gate:
    """Gives out places."""

    def __init__(self, places: int) -> None:
        """Have so many places."""
        self._free = places
        self._most = max(1, places // 2)
        self._taken: Counter[UUID] = Counter()
        self._queues: OrderedDict[UUID, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def place(self, account_id: UUID) -> AsyncIterator[None]:
        """Hold a place for an account; waits until one is free and the account's turn has come."""
        if self._free > 0 and self._taken[account_id] < self._most and account_id not in self._queues:
            self._take(account_id)
        else:
            await self._queue(account_id)
        try:
            yield
        finally:
            self._give_back(account_id)

    async def _queue(self, account_id: UUID) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(account_id, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # given and not wanted any more
                self._give_back(account_id)
            raise

    def _take(self, account_id: UUID) -> None:
        self._free -= 1
        self._taken[account_id] += 1

    def _give_back(self, account_id: UUID) -> None:
        self._free += 1
        self._taken[account_id] -= 1
        if self._taken[account_id] == 0:
            del self._taken[account_id]
        self._hand_on()

    def _hand_on(self) -> None:
        for account_id in list(self._queues):
            if self._free <= 0:
                return
            queue = self._queues[account_id]
            while queue and queue[0].done():
                queue.popleft()
            if queue and self._taken[account_id] < self._most:
                self._take(account_id)
                queue.popleft().set_result(None)
                self._queues.move_to_end(account_id)
            if not queue:
                del self._queues[account_id]
