"""What a picture looks like while it is painted: a small one in Redis, for a minute. It may be lost."""

from __future__ import annotations

from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.log import get_logger

KEPT_S = 60
LARGEST = 262_144
log = get_logger(__name__)


async def keep_preview(redis: Redis, job_id: UUID, data: bytes) -> None:
    """Keep the newest preview of a picture; what is too large, or cannot be kept, is not."""
    if len(data) > LARGEST:
        return
    try:
        await redis.set(f"muse:preview:{job_id}", data, ex=KEPT_S)
    except (RedisError, OSError) as error:
        log.warning("preview_lost", job=str(job_id), error=type(error).__name__)


async def load_preview(redis: Redis, job_id: UUID) -> bytes | None:
    """Return the newest preview of a picture, if there is one."""
    try:
        found: bytes | None = await redis.get(f"muse:preview:{job_id}")
    except (RedisError, OSError):
        return None
    return found


async def drop_preview(redis: Redis, job_id: UUID) -> None:
    """Forget a preview before its time."""
    try:
        await redis.delete(f"muse:preview:{job_id}")
    except (RedisError, OSError):
        return
