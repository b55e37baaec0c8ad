"""What else happens in a town: fans buy what they are offered, somebody outside paints, posts stand for everybody."""

from __future__ import annotations

import random
import time

from msgspec import Struct

from evals.chaos.plan import Focus
from evals.simulators.http.faults import Fault, Faults
from evals.simulators.telegram import Bot, TelegramUser

PLACE = "lunas"
LATE_S = (0.2, 1.5)
GOES_WRONG = ("create", "get", "file")


class Bought(Struct, frozen=True):
    """One payment in Stars, as the platform took it; `payload` names the offer that was paid."""

    account: str
    chat: str
    payload: str
    stars: int
    at: float


class Till:
    """Fans who buy: any pack that is still shut in their chat, so that they sometimes pay for what they own by now."""

    def __init__(self, seed: int, focus: Focus) -> None:
        """Draw from the seed who buys when."""
        self.bought: list[Bought] = []
        self._chance = random.Random(f"till {seed}")  # noqa: S311 — repeatable, nothing secret
        self._focus = focus

    def visit(self, account: str, bot: Bot, fan: TelegramUser) -> int | None:
        """Let a fan buy one pack, with the focus' rate; return the number of the update that tells of it."""
        shut = [entry for entry in fan.chat(bot).messages(kind="paid_media") if entry.locked]
        if not shut or self._chance.random() >= self._focus.buys:
            return None
        offer = self._chance.choice(shut)
        update_id = fan.buy(bot, offer)
        self.bought.append(Bought(account, str(fan.id), offer.payload, offer.price or 0, time.monotonic()))
        return update_id


class Easel(Faults):
    """The bad days of who paints for us: an order refused, lost before or after it was taken, or answered late."""

    def __init__(self, seed: int, focus: Focus) -> None:
        super().__init__()
        self.struck = 0
        self.fair = False
        self._chance = random.Random(f"easel {seed}")  # noqa: S311 — repeatable, nothing secret
        self._focus = focus

    def take(self, what: str) -> Fault | None:
        """Return what goes wrong with this call; what was switched by hand comes first."""
        by_hand = super().take(what)
        if by_hand or self.fair or what not in GOES_WRONG or self._chance.random() >= self._focus.painter:
            return by_hand
        self.struck += 1
        kind = self._chance.choice(("refuse", "drop_before", "drop_after", "late"))
        if kind == "refuse":
            return Fault("refuse", status=self._chance.choice((500, 502, 503)))
        if kind == "late":
            return Fault("late", seconds=self._chance.uniform(*LATE_S))
        return Fault("drop_before" if kind == "drop_before" else "drop_after")


def caption_of(number: int) -> str:
    """Return the words of a post; they stand in no other."""
    return f"Post number {number} of the harbour: good morning to everybody."
