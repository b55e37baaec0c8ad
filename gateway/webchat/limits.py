"""How much a visitor may say at once, and how fast they may come, write and look."""

from __future__ import annotations

from core.errors import RateLimited
from gateway.doorway import Doorway

TEXT_LIMIT = 4000
NEW_FANS_PER_MINUTE = 20
LOOKS_PER_MINUTE, LOOKS_AT_ONCE = 600, 240


async def slow_down(doorway: Doorway, key: str, per_minute: int, burst: int | None = None) -> None:
    """Count one more of what `key` does. Raises `RateLimited` past `per_minute`, of which `burst` may come at once."""
    if wait := await doorway.house.limiter.wait_for(key, per_minute, burst or per_minute):
        raise RateLimited("That was a little fast; wait a moment.", wait)


async def slow_looks(doorway: Doorway, handle: str) -> None:
    """Slow down what no person does: reading the chat or its pictures many times a second. Raises `RateLimited`."""
    await slow_down(doorway, f"look:{handle}", LOOKS_PER_MINUTE, LOOKS_AT_ONCE)
