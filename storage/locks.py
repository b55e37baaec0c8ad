"""Leases by name, in Redis: for work that two may do at once without harm, but needn't."""

from __future__ import annotations

from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

# KEYS[1] the name; ARGV: holder, seconds. Answers 1 when the holder has it now.
SCRIPT = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', tonumber(ARGV[2]))
return 1
"""

# KEYS[1] the name; ARGV: holder. Nobody has it afterwards, unless it was another's.
FREE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0
"""

PASSED = "1"  # who holds a name that one was let through by


class Locks:
    """Gives a name to one holder for a while."""

    def __init__(self, redis: Redis) -> None:
        """Use an open connection pool."""
        self._redis = redis
        self._script = redis.register_script(SCRIPT)
        self._free = redis.register_script(FREE)

    async def hold(self, name: str, holder: str, seconds: int) -> bool:
        """Take or keep a name; false while another has it. Without Redis everybody may: no truth hangs on it."""
        try:
            return bool(await self._script(keys=[f"muse:lock:{name}"], args=[holder, seconds]))
        except (RedisError, OSError):
            return True

    async def free(self, name: str, holder: str) -> None:
        """Give a name back before its time."""
        with suppress(RedisError, OSError):
            await self._free(keys=[f"muse:lock:{name}"], args=[holder])

    async def reopen(self, name: str) -> None:
        """Let the next one through before the seconds of `pass_once` are over."""
        await self.free(name, PASSED)

    async def pass_once(self, name: str, seconds: int) -> bool:
        """Let the first one through and no other for some seconds. Without Redis everybody passes."""
        try:
            return bool(await self._redis.set(f"muse:lock:{name}", PASSED, nx=True, ex=seconds))
        except (RedisError, OSError):
            return True
