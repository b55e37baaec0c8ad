"""A varied set of wishes for one influencer: for a calendar, a pack, a first vault."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec.structs import replace

from core.errors import BadInput
from core.nouns import Look
from core.pictures import PictureWish
from studio.categories import find_category, load_categories
from studio.prompts import PictureStyle, compose

MOST = 100
TRIES = 8
"""So many seeds are tried for a prompt that the set does not have yet."""
OFTEN = (
    "portrait", "selfie", "lifestyle", "full-body", "work", "travel", "cosy", "food", "event", "fitness", "landscape",
    "product",
)  # fmt: skip
"""The categories that a set goes through, those that feeds are made of first."""


def vary_wishes(
    look: Look, style: PictureStyle, count: int, seed: int, *, categories: Sequence[str] = (), text: str = ""
) -> list[PictureWish]:
    """Return `count` wishes that differ in category, place and clothes as far as the look goes; alike for the same seed.

    Each has its scene, outfit and seed fixed, so that it paints the same whenever it is painted. `categories` are gone through
    in turn; none: all. Raises `BadInput` for an unknown category, a wish that is refused, or a count that is not 1 to 100.
    """
    if not 1 <= count <= MOST:
        raise BadInput(f"A set has 1 to {MOST} pictures.")
    turn = [_known(name) for name in categories] or [name for name in OFTEN if name in load_categories()]
    recent, found = list(style.recent), list[PictureWish]()
    prompts: set[str] = set()
    for number in range(count):
        name = turn[number % len(turn)]
        lately = replace(style, recent=tuple(recent))
        for attempt in range(TRIES):
            wish = PictureWish(text=text, category=name, shape=find_category(name).shape, seed=_seed(seed, number, attempt))
            made = compose(look, wish, lately)
            if made.request.prompt not in prompts:
                break
        prompts.add(made.request.prompt)
        recent = [part for part in (made.scene, made.outfit) if part] + recent
        found.append(replace(wish, scene=made.scene or None, outfit=made.outfit or None))
    return found


def _known(name: str) -> str:
    find_category(name)
    return name.strip().lower().replace(" ", "-").replace("_", "-")


def _seed(seed: int, number: int, attempt: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {number} {attempt}".encode()).digest()[:4], "big")
