"""Which workers, listeners and media workers are up: each says so in Redis every few seconds, with what it can do."""

from __future__ import annotations

import time

import msgspec
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.errors import Unavailable

WORKER, LISTENER = "worker", "listener"
MEDIA = "painter"  # not "media": the queue of that name keeps its own figures beside its jobs
LIVES_S = 6
BEAT_S = 2
SURE_S = BEAT_S * 1.5  # a sign that is missing for so long was not only lost with a wiped Redis


class WorkerSign(Struct, frozen=True):
    """A worker's sign of life. `state` is warming or ready; `brain` is the chat model that speaks, or what paints.

    `breaker` is open or closed; `figures` are counters since the worker started.
    """

    name: str
    state: str
    brain: str
    breaker: str = "closed"
    figures: dict[str, float] = {}


async def show(redis: Redis, sign: WorkerSign, kind: str = WORKER) -> None:
    """Say that a worker (or a listener, or a media worker) is up; the sign fades after a few seconds. Raises `Unavailable`."""
    try:
        await redis.set(f"muse:{kind}:{sign.name}", msgspec.json.encode(sign), ex=LIVES_S)
    except (RedisError, OSError) as error:
        raise Unavailable("Redis does not answer.") from error


async def look(redis: Redis, kind: str = WORKER) -> list[WorkerSign] | None:
    """Return the signs of life of one kind, or nothing at all when Redis does not answer."""
    try:
        keys = [key async for key in redis.scan_iter(f"muse:{kind}:*")]
        found = await redis.mget(keys) if keys else []
    except (RedisError, OSError):
        return None
    return [msgspec.json.decode(value, type=WorkerSign) for value in found if value]


class Roll:
    """Tells which worker is gone, as seen by one that is up."""

    def __init__(self, redis: Redis, name: str) -> None:
        """Look for others' signs beside one's own."""
        self._redis = redis
        self._name = name
        self._missing: dict[str, float] = {}

    async def is_gone(self, name: str) -> bool:
        """Say whether a worker's sign of life has faded: missing at two looks some seconds apart, while one's own is there.

        Without Redis, or while it has forgotten all signs, nobody is gone.
        """
        signs = await look(self._redis)
        up = {sign.name for sign in signs or ()}
        if self._name not in up:
            self._missing.clear()
            return False
        if name in up:
            self._missing.pop(name, None)
            return False
        now = time.monotonic()
        return now - self._missing.setdefault(name, now) >= SURE_S
