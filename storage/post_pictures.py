"""Pictures for posts: which of an influencer's own its agent may show to everybody, and what is rated too high for a place."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.errors import Refused
from core.outbound import AssetRef
from storage.queries import Queries
from storage.unit import Unit

CHOICES = Queries("post_pictures")
MOST = 24


class Choice(AssetRef, frozen=True):
    """A picture that may be posted, what it shows in words, and how many of the words that were `asked` for name it."""

    shows: str
    asked: int
    named: int

    @property
    def fits(self) -> bool:
        """Whether at least half of what was asked for names it; anything does where nothing was asked for."""
        return 2 * self.named >= self.asked


async def list_choices(unit: Unit, influencer_id: UUID, words: str = "", limit: int = MOST) -> list[Choice]:
    """Return pictures that an influencer's agent may post, the best fit to English words first."""
    return await CHOICES["choose"].all(unit, Choice, influencer_id, words, None, limit)


async def require_choices(unit: Unit, influencer_id: UUID, asset_ids: Sequence[UUID]) -> None:
    """Make sure that an influencer's agent may post these pictures. Raises `Refused`."""
    found = await CHOICES["choose"].all(unit, Choice, influencer_id, "", list(asset_ids), len(asset_ids))
    if {one.asset_id for one in found} != set(asset_ids):
        raise Refused("A picture of this post may not be shown to everybody any more.")


async def require_rated(unit: Unit, asset_ids: Sequence[UUID], adult_ok: bool) -> None:
    """Make sure that a place which allows nothing adult is shown nothing of a pack rated so. Raises `Refused`."""
    if asset_ids and not adult_ok and await CHOICES["adult"].value(unit, list(asset_ids)):
        raise Refused("A picture of a pack that is rated adult cannot be posted there: the platform does not allow it.")
