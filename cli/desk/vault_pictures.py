"""Pictures of an influencer's vault, as a person names them: by the beginning or end of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from cli.api_client import ApiClient
from cli.desk.short_ids import find

ALL = 1000


class Picture(Struct, frozen=True):
    """A picture of the vault."""

    id: UUID
    mime: str
    width: int
    height: int
    bytes: int
    packs: list[str]


def find_pictures(api: ApiClient, influencer: str, given: Sequence[str]) -> list[str]:
    """Return the full ids, in the order given. Raises `NotFound`, and `BadInput` where more than one fits."""
    vault = api.get(f"/api/influencers/{influencer}/assets", list[Picture], limit=ALL)
    listing = f"muse pack assets {influencer}"
    return [str(find(vault, one, "picture", lambda found: f"{found.width}×{found.height}", listing).id) for one in given]
