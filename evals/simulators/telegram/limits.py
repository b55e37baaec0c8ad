"""How fast a bot may send: about one message a second to a chat, thirty a second in all, with some burst."""

from __future__ import annotations

import math
import time

from msgspec import Struct

from evals.simulators.telegram.errors import too_many_requests


class Limits(Struct, frozen=True):
    """Messages a second and how many may come at once."""

    per_chat: float = 1.0
    chat_burst: int = 20
    overall: float = 30.0
    overall_burst: int = 30


class _Bucket:
    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst, self.left, self.at = rate, float(burst), float(burst), time.monotonic()

    def missing_s(self, n: int) -> float:
        """Return the seconds until `n` messages may go, 0 when they may go now."""
        now = time.monotonic()
        self.left, self.at = min(self.burst, self.left + (now - self.at) * self.rate), now
        return max(0.0, (min(n, self.burst) - self.left) / self.rate)


class Limiter:
    """Counts one bot's sends; without limits everything passes."""

    def __init__(self, limits: Limits | None) -> None:
        self._limits = limits
        self._chats: dict[int, _Bucket] = {}
        self._overall = _Bucket(limits.overall, limits.overall_burst) if limits else None

    def take(self, chat_id: int, n: int = 1) -> None:
        """Count `n` messages to a chat. Raises `ApiError` 429, counting nothing."""
        if self._limits is None or self._overall is None:
            return
        chat = self._chats.setdefault(chat_id, _Bucket(self._limits.per_chat, self._limits.chat_burst))
        wait = max(chat.missing_s(n), self._overall.missing_s(n))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        chat.left -= n
        self._overall.left -= n
