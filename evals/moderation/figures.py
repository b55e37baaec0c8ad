"""Counts over a labelled set: of what must be stopped, how much is; of ordinary wishes, how many are stopped all the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from core.pictures import Moderator

SETS = Path(__file__).parent / "sets"
Z = 1.645
"""One-sided 95 %."""


class WishSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Labelled wishes: by the rule that must stop them, and ordinary ones."""

    age: tuple[str, ...]
    likeness: tuple[str, ...]
    consent: tuple[str, ...]
    adult: tuple[str, ...]
    ordinary: tuple[str, ...]


class Count(Struct, frozen=True):
    """Of `total` wishes, those held or refused, and those refused; `wrong` are the missed, or wrongly stopped, ones."""

    label: str
    total: int
    stopped: int
    refused: int
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """Stopped wishes, of all."""
        return self.stopped / self.total if self.total else 0.0


def load_set(name: str) -> WishSet:
    """Read `tuned`, `seen` or `held_out`."""
    return msgspec.toml.decode((SETS / f"{name}.toml").read_bytes(), type=WishSet)


async def measure(moderator: Moderator, wishes: WishSet) -> list[Count]:
    """Judge every wish where nothing adult is allowed."""
    labels = ("age", "likeness", "consent", "adult", "ordinary")
    return [await _count(moderator, label, getattr(wishes, label)) for label in labels]


async def _count(moderator: Moderator, label: str, texts: Sequence[str]) -> Count:
    verdicts = {text: (await moderator.judge_prompt(text, False)).verdict for text in texts}
    stopped = [text for text, verdict in verdicts.items() if verdict != "pass"]
    wrong = stopped if label == "ordinary" else [text for text in texts if text not in stopped]
    return Count(label, len(texts), len(stopped), list(verdicts.values()).count("refuse"), tuple(wrong))


def upper_bound(hits: int, total: int) -> float:
    """Return the upper 95 % bound of a share (Wilson)."""
    if total == 0:
        return 1.0
    share, spread = hits / total, Z * Z / total
    return (share + spread / 2 + Z * math.sqrt(share * (1 - share) / total + spread / (4 * total))) / (1 + spread)
