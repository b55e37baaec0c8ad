"""Which of some words are codes that a fan may use: what is an ordinary word elsewhere can be a code here."""

from __future__ import annotations

from collections.abc import Sequence

from core.nouns import TurnInput
from shop.promos import read_code
from storage.house import House
from storage.promos import codes_among


class Codes:
    """Looks codes up by name: its own unit of work, and nothing to write with."""

    def __init__(self, house: House) -> None:
        """Read from the stores."""
        self._house = house

    async def __call__(self, turn: TurnInput, words: Sequence[str]) -> frozenset[str]:
        """Return those of some words, in capitals, that are codes of the influencer's promos. Raises `Unavailable`.

        A code that is somebody else's, or whose promo has ended or not begun, is none.
        """
        named = sorted({code for word in words if (code := read_code(word))})
        if not named:
            return frozenset()
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            return frozenset(await codes_among(unit, turn.influencer.id, turn.fan.id, named))
