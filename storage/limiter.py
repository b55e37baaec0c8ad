"""Rate limits that all processes share, kept in Redis (generic cell rate algorithm: one timestamp a key).

A booking takes several limits in one call, all or none. Without Redis each process keeps them for itself: a limit is no lock,
but no reason to flood either.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import Struct
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
# KEYS the limits; ARGV: horizon, then for each: seconds between two, burst, 1 when others wait for it too.
# Answers seconds to wait as text, and 1 when that moment is booked.
BOOK = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local at, own, free = now, now, {}
for i, key in ipairs(KEYS) do
    free[i] = math.max(tonumber(redis.call('GET', key) or now), now)
    local earliest = free[i] - tonumber(ARGV[3 * i - 1]) * (tonumber(ARGV[3 * i]) - 1)
    if ARGV[3 * i + 1] == '1' then at = math.max(at, earliest) else own = math.max(own, earliest) end
end
if own > at then return {tostring(own - now), 0} end
if at - now > tonumber(ARGV[1]) then return {tostring(at - now), 0} end
for i, key in ipairs(KEYS) do
    local after = math.max(free[i], at) + tonumber(ARGV[3 * i - 1])
    redis.call('SET', key, string.format('%.6f', after), 'EX', math.ceil(after - now) + 1)
end
return {tostring(at - now), 1}
"""
KEPT = 10_000
log = get_logger(__name__)


class Limit(Struct, frozen=True):
    """One limit: `step_s` between two, `burst` at once; `shared` when many wait for it and may be given later moments."""

    key: str
    step_s: float
    burst: int
    shared: bool


class Booking(Struct, frozen=True):
    """Seconds to wait; `booked` when that moment is taken, else one asks again then."""

    wait_s: float
    booked: bool


class Limiter:
    """Counts what may pass."""

    def __init__(self, redis: Redis) -> None:
        """Use an open connection pool."""
        self._script = redis.register_script(SCRIPT)
        self._book = redis.register_script(BOOK)
        self._local: dict[str, float] = {}

    async def wait_for(self, key: str, per_minute: float, burst: int = 1) -> float:
        """Return 0 and count one, or the seconds to wait. Without Redis everything passes: a limit is no lock."""
        try:
            return float(await self._script(keys=[f"muse:limit:{key}"], args=[60 / per_minute, burst]))
        except (RedisError, OSError) as error:
            log.warning("limit_unknown", key=key, error=type(error).__name__)
            return 0.0

    async def book(self, limits: Sequence[Limit], horizon_s: float) -> Booking:
        """Take the first moment at which all limits allow one more, if it lies within `horizon_s` seconds; else take nothing.

        Where a limit of its own (not shared) is the tightest nothing is taken either, so that nobody else waits for it.
        """
        if not limits:
            return Booking(0.0, booked=True)
        args: list[float | int] = [horizon_s]
        for limit in limits:
            args += [limit.step_s, limit.burst, int(limit.shared)]
        try:
            wait_s, booked = await self._book(keys=[f"muse:limit:{limit.key}" for limit in limits], args=args)
        except (RedisError, OSError) as error:
            log.warning("limit_local", key=limits[0].key, error=type(error).__name__)
            return self._book_here(limits, horizon_s)
        return Booking(float(wait_s), booked=bool(booked))

    def _book_here(self, limits: Sequence[Limit], horizon_s: float) -> Booking:
        """Do the same with this process's own memory."""
        now = time.monotonic()
        if len(self._local) > KEPT:
            self._local = {key: free for key, free in self._local.items() if free > now}
        free = [max(self._local.get(limit.key, now), now) for limit in limits]
        earliest = [(f - limit.step_s * (limit.burst - 1), limit.shared) for f, limit in zip(free, limits, strict=True)]
        at = max([now, *(moment for moment, shared in earliest if shared)])
        own = max([now, *(moment for moment, shared in earliest if not shared)])
        if own > at or at - now > horizon_s:
            return Booking(max(own, at) - now, booked=False)
        for before, limit in zip(free, limits, strict=True):
            self._local[limit.key] = max(before, at) + limit.step_s
        return Booking(at - now, booked=True)
