"""Finished pictures into the files, and out of them as a platform takes them."""

from __future__ import annotations

import hashlib
from uuid import UUID

from msgspec import Struct

from core.errors import Refused
from core.ids import new_id
from core.outbound import AssetRef
from core.pictures import Finished, Finisher, Origin
from core.ports import Blobs
from storage import assets
from storage.assets import Asset
from storage.blobs import keep_once
from storage.database import Database
from studio.fitting import fit_for_platform
from studio.pictures import measure, sniff


class Kept(Struct, frozen=True):
    """A finished picture that lies among the files; `size` in bytes."""

    asset: AssetRef
    sha256: bytes
    size: int
    thumbnail_key: str


async def keep_finished(blobs: Blobs, influencer_id: UUID, finished: Finished) -> Kept:
    """Put a finished picture and its thumbnail among the influencer's files; the same bytes are one file."""
    folder = f"made/{influencer_id.hex}"
    key = await keep_once(blobs, folder, finished.data, finished.mime)
    thumbnail = await keep_once(blobs, folder, finished.thumbnail, "image/jpeg")
    ref = AssetRef(new_id(), key, finished.mime, finished.width, finished.height)
    return Kept(ref, hashlib.sha256(finished.data).digest(), len(finished.data), thumbnail)


async def fitted(
    database: Database, blobs: Blobs, finisher: Finisher, agency_id: UUID, asset_id: UUID, platform: str
) -> AssetRef:
    """Return a picture as a platform takes it, made and kept at the first call; as it is where the platform takes that.

    Raises `Refused` for a picture that nobody has passed, `NotFound`, `BadInput`, `Misconfigured`.
    """
    async with database.unit(agency_id) as unit:
        asset = await assets.find_asset(unit, asset_id)
        kept = await assets.find_variant(unit, asset_id, platform)
    if asset.moderation in ("held", "refused"):
        raise Refused(f"This picture is {asset.moderation}; it goes nowhere before an operator has passed it.")
    if kept is not None:
        return kept
    data = await blobs.get(asset.blob_key)
    made = await _fit(finisher, asset, data, platform)
    if made.data == data:
        return asset.ref()
    key = await keep_once(blobs, f"variants/{asset_id.hex}", made.data, made.mime)
    variant = AssetRef(asset_id, key, made.mime, made.width, made.height)
    async with database.unit(agency_id) as unit:
        sha256 = hashlib.sha256(made.data).digest()
        await assets.keep_variant(unit, platform, variant, sha256, len(made.data), made.marks)
    return variant


async def _fit(finisher: Finisher, asset: Asset, data: bytes, platform: str) -> Finished:
    if asset.made_by_ai and asset.job_id and asset.model and asset.made_at:
        origin = Origin(
            job_id=asset.job_id,
            influencer_id=asset.influencer_id,
            influencer=asset.influencer,
            model=asset.model,
            made_at=asset.made_at,
        )
        return await finisher.variant(data, platform, origin)
    plain = fit_for_platform(data, platform)
    width, height = measure(plain)
    return Finished(plain, sniff(plain), width, height, b"")
