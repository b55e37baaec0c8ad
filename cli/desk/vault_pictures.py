"""Pictures of an influencer's vault, as a person names them: by the beginning or end of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from cli.api_client import ApiClient
from cli.desk.short_ids import choose, find, fits
from core.errors import BadInput

ALL = 1000
MADE = 500


class Picture(Struct, frozen=True):
    """A picture of the vault."""

    id: UUID
    mime: str
    width: int
    height: int
    bytes: int
    packs: list[str]


class Made(Struct, frozen=True):
    """A picture as `muse image list` shows it, by the id of its job."""

    id: UUID
    asset_id: UUID | None


def find_pictures(api: ApiClient, influencer: str, given: Sequence[str]) -> list[str]:
    """Return the full ids, in the order given; a picture may also be named as `muse image list` does, by the job that made it.

    Raises `NotFound`, and `BadInput` where more than one fits, or a picture is not painted yet.
    """
    vault = api.get(f"/api/influencers/{influencer}/assets", list[Picture], limit=ALL)
    listing = f"muse pack assets {influencer}"
    missing = [one for one in given if not any(fits(found.id, one) for found in vault)]
    made = api.get("/api/images", list[Made], influencer=influencer, limit=MADE) if missing else []
    found = {one: job.asset_id for one in missing for job in [_made(made, one)] if job is not None}
    waiting = next((one for one, asset_id in found.items() if asset_id is None), None)
    if waiting is not None:
        raise BadInput(f"{waiting!r} is not painted yet; see: muse image show {waiting}")
    return [
        str(found.get(one) or find(vault, one, "picture", lambda pic: f"{pic.width}×{pic.height}", listing).id) for one in given
    ]


def _made(made: Sequence[Made], given: str) -> Made | None:
    named = [one for one in made if fits(one.id, given)]
    return choose(named, given, "picture", lambda one: "made", "muse image list") if named else None
