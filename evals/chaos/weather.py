"""The platform's bad days: with a focus' rate a call is answered late, refused, dropped, or done without an answer."""

from __future__ import annotations

import random

from evals.chaos.plan import Focus
from evals.simulators.telegram.faults import Fault, Faults

ACTS = frozenset({"sendmessage", "sendpaidmedia", "sendphoto"})
LATE_S, STALL_S = (0.3, 2.0), 6.0


class Weather(Faults):
    """Faults drawn from a seed, one draw a call, in the order of the calls."""

    def __init__(self, seed: int, focus: Focus) -> None:
        super().__init__()
        self.struck = 0
        self.fair = False
        self._chance = random.Random(f"platform {seed}")  # noqa: S311 — repeatable, nothing secret
        self._focus = focus

    def take(self, method: str) -> Fault | None:
        """Return what goes wrong with this call; what was switched by hand comes first."""
        by_hand = super().take(method)
        if by_hand or self.fair or method.lower() not in ACTS or self._chance.random() >= self._focus.platform:
            return by_hand
        self.struck += 1
        kind = self._chance.choice(self._focus.platform_faults)
        if kind == "late":
            return Fault("late", seconds=self._chance.uniform(*LATE_S))
        if kind == "stall":
            return Fault("stall", seconds=STALL_S)
        if kind == "error":
            return Fault("error", status=self._chance.choice((500, 502, 504)))
        if kind == "rate_limit":
            return Fault("rate_limit", retry_after=1)
        return Fault("drop_before" if kind == "drop_before" else "drop_after")
