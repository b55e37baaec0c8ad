"""Rate limits that all processes share, kept in Redis (generic cell rate algorithm: one timestamp a key)."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.log import get_logger

# KEYS[1] the limited thing; ARGV: seconds between two, burst. Answers seconds to wait as text, "0" when it may pass.
SCRIPT = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local step = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = free - now - step * (burst - 1)
if wait > 0 then return tostring(wait) end
redis.call('SET', KEYS[1], string.format('%.6f', free + step), 'EX', math.ceil(free + step - now) + 1)
return "0"
"""
log = get_logger(__name__)


class Limiter:
    """Counts what may pass."""

    def __init__(self, redis: Redis) -> None:
        """Use an open connection pool."""
        self._script = redis.register_script(SCRIPT)

    async def wait_for(self, key: str, per_minute: float, burst: int = 1) -> float:
        """Return 0 and count one, or the seconds to wait. Without Redis everything passes: a limit is no lock."""
        try:
            return float(await self._script(keys=[f"muse:limit:{key}"], args=[60 / per_minute, burst]))
        except (RedisError, OSError) as error:
            log.warning("limit_unknown", key=key, error=type(error).__name__)
            return 0.0
