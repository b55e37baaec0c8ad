"""Updates on their way to a webhook: real POSTs, in order within a chat, again after a failure."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

import aiohttp
import msgspec
from msgspec import Struct

from evals.simulators.telegram.nouns import Json, now

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name, not a secret


class Retries(Struct, frozen=True):
    """How long an update is tried: attempts, seconds of the first pause, its growth and bound, seconds for one POST."""

    attempts: int = 8
    first_s: float = 0.1
    factor: float = 2.0
    longest_s: float = 5.0
    timeout_s: float = 10.0

    def pause_s(self, attempt: int) -> float:
        """Return the pause after a failed attempt, counted from 1."""
        return min(self.longest_s, self.first_s * self.factor ** (attempt - 1))


class Webhook(Struct):
    """What a bot asked for with setWebhook, and the last thing that went wrong."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


class Push(Struct, frozen=True):
    """One POST to a webhook; times monotonic, `status` 0 when no answer came."""

    update_id: int
    attempt: int
    at: float
    ended_at: float
    status: int
    error: str = ""

    @property
    def taken(self) -> bool:
        """Say whether the webhook took the update."""
        return 200 <= self.status < 300


class WebhookPusher:
    """Delivers one bot's updates; `settle` hears of every POST and whether the update is finished with."""

    def __init__(self, retries: Retries, settle: Callable[[Push, bool], None]) -> None:
        self._retries = retries
        self._settle = settle
        self._lanes: dict[int, deque[tuple[int, Json]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore()
        self.webhook: Webhook | None = None

    async def use(self, webhook: Webhook | None) -> None:
        """Stop delivering and turn to another webhook, or to none; what was not taken stays with the feed."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lanes.clear()
        self.webhook = webhook
        self._slots = asyncio.Semaphore(webhook.max_connections if webhook else 1)

    def enqueue(self, update_id: int, update: Json, lane: int) -> None:
        """Deliver an update after the earlier ones of its lane, if there is a webhook."""
        if self.webhook is None:
            return
        if lane in self._lanes:
            self._lanes[lane].append((update_id, update))
            return
        self._lanes[lane] = deque([(update_id, update)])
        task = asyncio.get_running_loop().create_task(self._run(self.webhook, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, webhook: Webhook, update_id: int, update: Json, attempt: int) -> Push:
        """POST an update once and say what came of it."""
        headers = {"Content-Type": "application/json", **({SECRET_HEADER: webhook.secret} if webhook.secret else {})}
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._retries.timeout_s)
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout)
        status, error, at = 0, "", time.monotonic()
        body = msgspec.json.encode(update)
        try:
            async with self._session.post(webhook.url, data=body, headers=headers, allow_redirects=False) as response:
                await response.read()
                status = response.status
                if not 200 <= status < 300:
                    error = f"Wrong response from the webhook: {status} {response.reason}"
        except TimeoutError:
            error = "Read timeout expired"
        except aiohttp.ClientError as broken:
            error = "Connection refused" if isinstance(broken, aiohttp.ClientConnectorError) else "Connection reset by peer"
        if error:
            webhook.last_error, webhook.last_error_date = error, now()
        return Push(update_id, attempt, at, time.monotonic(), status, error)

    async def close(self) -> None:
        """Stop and let the connections go."""
        await self.use(None)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _run(self, webhook: Webhook, lane: int) -> None:
        queue = self._lanes[lane]
        while queue:
            await self._deliver(webhook, *queue[0])
            queue.popleft()
        del self._lanes[lane]

    async def _deliver(self, webhook: Webhook, update_id: int, update: Json) -> None:
        for attempt in range(1, self._retries.attempts + 1):
            async with self._slots:
                push = await self.post(webhook, update_id, update, attempt)
            finished = push.taken or attempt == self._retries.attempts
            self._settle(push, finished)
            if finished:
                return
            await asyncio.sleep(self._retries.pause_s(attempt))
