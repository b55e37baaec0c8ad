"""What was learnt of each chat model's way of counting tokens, in Redis: lost with it, and learnt again."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.errors import Unavailable

KEY = "muse:calibrations"
KEPT_S = 90 * 24 * 3600


async def keep(redis: Redis, model: str, state: str) -> None:
    """Keep one model's state, as its owner wrote it. Raises `Unavailable`."""
    try:
        await redis.hset(KEY, model, state)  # type: ignore[misc]  # the driver's types name both of its kinds
        await redis.expire(KEY, KEPT_S)
    except (RedisError, OSError) as error:
        raise Unavailable("Redis does not answer.") from error


async def load(redis: Redis) -> list[bytes]:
    """Return the states of all models. Raises `Unavailable`."""
    try:
        return list(await redis.hvals(KEY))  # type: ignore[misc]  # the driver's types name both of its kinds
    except (RedisError, OSError) as error:
        raise Unavailable("Redis does not answer.") from error
