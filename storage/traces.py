"""What Redis still says of somebody: limits named after a handle, wake-ups with an id. All of it may be lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.log import get_logger

PAGE = 500
log = get_logger(__name__)


async def forget_traces(redis: Redis, names: Sequence[str]) -> int:
    """Remove every key whose name or job payload holds one of some names or ids as a word of its own; return how many.

    A Redis that is away loses nothing of the truth: its keys run out by themselves within minutes.
    """
    words = [re.escape(name.encode()) for name in names if name]
    if not words:
        return 0
    spoken = re.compile(rb"(?<![0-9A-Za-z_])(?:" + b"|".join(words) + rb")(?![0-9A-Za-z_])")
    removed = 0
    try:
        async for key in redis.scan_iter(match="muse:*", count=PAGE):
            if spoken.search(key):
                removed += await redis.delete(key)
        async for key in redis.scan_iter(match="arq:*", count=PAGE):
            if spoken.search(await _payload(redis, key)):
                removed += await redis.delete(key)
                await redis.zrem("muse:turns", key.rpartition(b":")[2])
    except (RedisError, OSError) as error:
        log.warning("traces_left", error=type(error).__name__)
    return removed


async def _payload(redis: Redis, key: bytes) -> bytes:
    return bytes(await redis.get(key) or b"") if await redis.type(key) == b"string" else b""
