"""Pictures that a model made: their rows, who looked at them, and what each platform is given of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from core.outbound import AssetRef
from storage.queries import Queries
from storage.unit import Unit

ASSETS = Queries("assets")
Moderation = Literal["unneeded", "passed", "held", "refused"]


class MadeAsset(Struct, frozen=True, kw_only=True):
    """A finished picture that lies among the files already. `made_for`: the fan whose words it was made from."""

    asset: AssetRef
    sha256: bytes
    size: int
    thumbnail_key: str
    marks: tuple[str, ...]
    moderation: Moderation
    reasons: tuple[str, ...] = ()
    judged_by: str
    job_id: UUID
    model: str
    made_at: datetime
    made_for: UUID | None = None


class Asset(Struct, frozen=True):
    """A picture with all that is known of it."""

    id: UUID
    influencer_id: UUID
    influencer: str
    blob_key: str
    mime: str
    width: int
    height: int
    bytes: int
    made_by_ai: bool
    marks: tuple[str, ...]
    thumbnail_key: str | None
    moderation: Moderation
    reasons: tuple[str, ...]
    judged_by: str | None
    job_id: UUID | None
    model: str | None
    made_at: datetime | None
    made_for: UUID | None
    created_at: datetime

    def ref(self) -> AssetRef:
        """Return the picture as it was made, as a part of a message names it."""
        return AssetRef(self.id, self.blob_key, self.mime, self.width, self.height)


class Taken(Struct, frozen=True):
    """A picture, and the version of it that a platform was given, if it was."""

    id: UUID
    moderation: Moderation
    blob_key: str
    mime: str
    width: int
    height: int
    bytes: int
    given_key: str | None
    given_mime: str | None
    given_width: int | None
    given_height: int | None

    def given(self) -> AssetRef | None:
        """Return that version."""
        if not (self.given_key and self.given_mime and self.given_width and self.given_height):
            return None
        return AssetRef(self.id, self.given_key, self.given_mime, self.given_width, self.given_height)


async def keep_made(unit: Unit, influencer_id: UUID, made: MadeAsset) -> UUID:
    """Keep the row of a made picture and return its id; the same bytes are one asset, which keeps what was decided of it."""
    asset = made.asset
    found = await ASSETS["keep_made"].value(
        unit,
        asset.asset_id,
        influencer_id,
        asset.blob_key,
        made.sha256,
        asset.mime,
        asset.width,
        asset.height,
        made.size,
        list(made.marks),
        made.thumbnail_key,
        made.moderation,
        list(made.reasons),
        made.judged_by,
        made.job_id,
        made.model,
        made.made_at,
        made.made_for,
    )
    return UUID(str(found))


async def find_asset(unit: Unit, asset_id: UUID) -> Asset:
    """Return a picture. Raises `NotFound`."""
    found = await ASSETS["find"].first(unit, Asset, asset_id)
    if found is None:
        raise NotFound("There is no such picture.")
    return found


async def decide(unit: Unit, asset_id: UUID, passed: bool, judged_by: str) -> None:
    """A person passes or refuses a held picture. Raises `NotFound`, and `Refused` for one that does not wait."""
    if await ASSETS["decide"].run(unit, asset_id, "passed" if passed else "refused", judged_by) == 0:
        asset = await find_asset(unit, asset_id)
        raise Refused(f"This picture does not wait for anybody: it is {asset.moderation}.")


async def require_sharable(unit: Unit, assets: Sequence[UUID]) -> None:
    """Make sure that pictures may be shown to everybody, or everybody who pays. Raises `Refused`."""
    if await ASSETS["unsharable"].all(unit, _Id, list(assets)):
        raise Refused("A picture that was made for one fan, is held or was refused cannot be part of a pack or a post.")


async def any_made_by_ai(unit: Unit, assets: Sequence[UUID]) -> bool:
    """Whether a model made any of some pictures."""
    return bool(await ASSETS["made_by_ai"].value(unit, list(assets)))


async def load_taken(unit: Unit, assets: Sequence[UUID], platform: str) -> dict[UUID, Taken]:
    """Return what is known of pictures for a platform, by their ids; those that are not there are missing."""
    return {row.id: row for row in await ASSETS["taken"].all(unit, Taken, list(assets), platform)}


async def keep_variant(unit: Unit, platform: str, variant: AssetRef, sha256: bytes, size: int, marks: Sequence[str]) -> None:
    """Keep the row of a picture as a platform takes it."""
    await ASSETS["put_variant"].run(
        unit,
        variant.asset_id,
        platform,
        variant.blob_key,
        sha256,
        variant.mime,
        variant.width,
        variant.height,
        size,
        list(marks),
    )


async def delete_asset(unit: Unit, asset_id: UUID) -> None:
    """Let go of a picture; a job removes its files. Raises `NotFound`."""
    if await ASSETS["delete"].run(unit, asset_id) == 0:
        raise NotFound("There is no such picture.")


async def unnamed_files(unit: Unit, keys: Sequence[str]) -> list[str]:
    """Return those of some files that no row names."""
    return [row.key for row in await ASSETS["unnamed"].all(unit, _Key, list(keys))]


class _Key(Struct, frozen=True):
    key: str


class _Id(Struct, frozen=True):
    id: UUID
