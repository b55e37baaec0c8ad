"""Counts over a labelled set: of what must be stopped, how much is; of ordinary wishes, how many are stopped all the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from core.pictures import Moderator
from studio.prompt_rules.nearness import LABELS, WishSet

SETS = Path(__file__).parent / "sets"


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


def load_held_out() -> WishSet:
    """Read the wishes that nothing was tuned on."""
    return msgspec.toml.decode((SETS / "held_out.toml").read_bytes(), type=WishSet)


def load_fans(half: str) -> WishSet:
    """Read whole requests of fans: `dev`, or `held_out`."""
    return msgspec.toml.decode((SETS / f"fan_{half}.toml").read_bytes(), type=WishSet)


async def measure(moderator: Moderator, wishes: WishSet) -> list[Count]:
    """Judge every wish where nothing adult is allowed."""
    return [await _count(moderator, label, getattr(wishes, label)) for label in (*LABELS, "ordinary")]


async def _count(moderator: Moderator, label: str, texts: Sequence[str]) -> Count:
    verdicts = {text: (await moderator.judge_prompt(text, False)).verdict for text in texts}
    stopped = [text for text, verdict in verdicts.items() if verdict != "pass"]
    wrong = stopped if label == "ordinary" else [text for text in texts if text not in stopped]
    return Count(label, len(texts), len(stopped), list(verdicts.values()).count("refuse"), tuple(wrong))
