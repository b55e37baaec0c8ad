"""An app's events on their way to Muse: signed POSTs, one conversation's in order, again after a failure."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Sequence

import aiohttp
import msgspec
from msgspec import Struct

from evals.simulators.http.signing import AppKeys, sign
from evals.simulators.signals import Signal

Json = dict[str, object]


class Retries(Struct, frozen=True):
    """When a failed POST is tried again: the specification's schedule, shortened. Seconds; the last pause ends it."""

    pauses_s: tuple[float, ...] = (0.05, 0.1, 0.3, 0.6, 1.0, 2.0, 2.0, 2.0, 2.0)
    longest_wait_s: float = 2.0
    timeout_s: float = 15.0


class Push(Struct, frozen=True):
    """One POST to Muse; times monotonic, `status` 0 when no answer came."""

    webhook_id: str
    attempt: int
    at: float
    ended_at: float
    status: int
    retry_after: float | None = None

    @property
    def taken(self) -> bool:
        """Say whether Muse took the event."""
        return 200 <= self.status < 300


class Feed:
    """The way out of the app. `history` keeps every body by its webhook id, `pushes` every POST."""

    def __init__(self, retries: Retries) -> None:
        self.history: dict[str, bytes] = {}
        self.pushes: list[Push] = []
        self.pending: set[str] = set()
        self.address = ""
        self.keys = AppKeys()
        self._retries = retries
        self._held: list[tuple[str, str]] | None = None
        self._lanes: dict[str, deque[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._signal = Signal()

    def push(self, event: Json, lane: str = "", webhook_id: str = "") -> str:
        """Send an event, after the earlier ones of its lane; return its webhook id."""
        return self.push_raw(msgspec.json.encode(event), lane, webhook_id)

    def push_raw(self, body: bytes, lane: str = "", webhook_id: str = "") -> str:
        """Send any bytes as an event."""
        webhook_id = webhook_id or f"evt_{secrets.token_hex(8)}"
        self.history[webhook_id] = body
        self.pending.add(webhook_id)
        if self._held is None:
            self._enqueue(webhook_id, lane)
        else:
            self._held.append((webhook_id, lane))
        return webhook_id

    def hold(self) -> None:
        """Keep what is to be sent until `release`."""
        self._held = self._held or []

    def release(self, order: Sequence[int] | None = None) -> None:
        """Send what was held, in another order when `order` names their places."""
        held, self._held = self._held or [], None
        for place in range(len(held)) if order is None else order:
            webhook_id, lane = held[place]
            self._enqueue(webhook_id, lane)

    async def redeliver(self, webhook_id: str, times: int = 1) -> list[Push]:
        """Post the same event again, all at once, as an app does that missed our answers."""
        body = self.history[webhook_id]
        async with asyncio.TaskGroup() as group:
            posts = [group.create_task(self.post(webhook_id, body, n + 1)) for n in range(times)]
        return [post.result() for post in posts]

    async def post(self, webhook_id: str, body: bytes, attempt: int = 1, headers: dict[str, str] | None = None) -> Push:
        """Post once, signed for this moment unless `headers` are given, and say what came of it."""
        signed = sign(self.keys.signs_with, webhook_id, body) if headers is None else headers
        at, status, retry_after = time.monotonic(), 0, None
        try:
            async with self._opened().post(
                self.address, data=body, headers={**signed, "content-type": "application/json"}, allow_redirects=False
            ) as response:
                await response.read()
                status = response.status
                asked = response.headers.get("retry-after", "")
                retry_after = float(asked) if asked.isdigit() else None
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        push = Push(webhook_id, attempt, at, time.monotonic(), status, retry_after)
        self.pushes.append(push)
        self._signal.notify()
        return push

    async def acknowledged(self, webhook_id: str, timeout_s: float = 5.0) -> Push:
        """Return the POST that Muse answered with 2xx. Raises `TimeoutError`."""

        def look() -> Push | None:
            return next((push for push in self.pushes if push.webhook_id == webhook_id and push.taken), None)

        def missed() -> str:
            answers = [push.status for push in self.pushes if push.webhook_id == webhook_id]
            return f"{webhook_id} was not acknowledged within {timeout_s} s; answers: {answers}"

        return await self._signal.until(look, timeout_s, missed)

    async def drained(self, timeout_s: float = 5.0) -> None:
        """Wait until every event was taken or given up. Raises `TimeoutError`."""

        def look() -> bool | None:
            return None if self.pending else True

        await self._signal.until(look, timeout_s, lambda: f"{len(self.pending)} event(s) not taken within {timeout_s} s.")

    async def close(self) -> None:
        """Stop and let the connections go."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._retries.timeout_s)
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout)
        return self._session

    def _enqueue(self, webhook_id: str, lane: str) -> None:
        if lane in self._lanes:
            self._lanes[lane].append(webhook_id)
            return
        self._lanes[lane] = deque([webhook_id])
        task = asyncio.get_running_loop().create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: str) -> None:
        queue = self._lanes[lane]
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
        del self._lanes[lane]

    async def _deliver(self, webhook_id: str) -> None:
        for attempt, pause_s in enumerate((*self._retries.pauses_s, None), 1):
            push = await self.post(webhook_id, self.history[webhook_id], attempt)
            if push.taken or push.status == 410 or pause_s is None:
                break
            await asyncio.sleep(max(pause_s, min(push.retry_after or 0.0, self._retries.longest_wait_s)))
        self.pending.discard(webhook_id)
        self._signal.notify()
