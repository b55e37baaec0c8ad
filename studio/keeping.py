"""Finished pictures into the files, and out of them as a platform takes them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.errors import NotFound, Refused
from core.ids import new_id
from core.outbound import AssetRef, FilesPart, PackPart, Part, PicturePart
from core.pictures import Finished, Finisher, Origin
from core.ports import Blobs
from core.sniffing import sniff_picture
from storage import assets
from storage.assets import Asset, Taken
from storage.blobs import keep_once
from storage.database import Database
from studio.fitting import fit_for_platform, fit_of, takes
from studio.pictures import measure


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


class Fitting:
    """Pictures as platforms take them: made and kept at the first call, as they are where the platform takes that."""

    def __init__(self, database: Database, blobs: Blobs, open_finisher: Callable[[], Finisher]) -> None:
        """Mark anew with what `open_finisher` opens, once a picture needs it."""
        self._database = database
        self._blobs = blobs
        self._open = open_finisher
        self._finisher: Finisher | None = None

    async def fit(self, agency_id: UUID, items: Sequence[AssetRef], platform: str) -> tuple[AssetRef, ...]:
        """Return pictures as a platform takes them.

        Raises `Refused` for one that nobody has passed, `NotFound`, `BadInput`, `Misconfigured`.
        """
        if not items:
            return ()
        async with self._database.unit(agency_id) as unit:
            known = await assets.load_taken(unit, [item.asset_id for item in items], platform)
        return tuple([await self._one(agency_id, item, known.get(item.asset_id), platform) for item in items])

    async def fit_part(self, agency_id: UUID, part: Part, platform: str) -> Part:
        """Return a part of a message with its pictures so. Raises likewise."""
        if isinstance(part, PicturePart):
            (item,) = await self.fit(agency_id, (part.item,), platform)
            return replace(part, item=item)
        if isinstance(part, FilesPart):
            return replace(part, items=await self.fit(agency_id, part.items, platform))
        if isinstance(part, PackPart):
            preview = None if part.preview is None else (await self.fit(agency_id, (part.preview,), platform))[0]
            items = await self.fit(agency_id, part.items, platform)
            return replace(part, preview=preview, items=items)
        return part

    async def _one(self, agency_id: UUID, item: AssetRef, taken: Taken | None, platform: str) -> AssetRef:
        if taken is None:
            raise NotFound("A picture is not there any more.")
        if taken.moderation in ("held", "refused"):
            raise Refused(f"This picture is {taken.moderation}; it goes nowhere before an operator has passed it.")
        if given := taken.given():
            return given
        fit = fit_of(platform)
        if not fit.label and takes(fit, taken.mime, (taken.width, taken.height), taken.bytes):
            return AssetRef(taken.id, taken.blob_key, taken.mime, taken.width, taken.height)
        return await self._make(agency_id, taken.id, platform)

    async def _make(self, agency_id: UUID, asset_id: UUID, platform: str) -> AssetRef:
        async with self._database.unit(agency_id) as unit:
            asset = await assets.find_asset(unit, asset_id)
        data = await self._blobs.get(asset.blob_key)
        made = await self._fit(asset, data, platform)
        if made.data == data:
            return asset.ref()
        key = await keep_once(self._blobs, f"variants/{asset_id.hex}", made.data, made.mime)
        variant = AssetRef(asset_id, key, made.mime, made.width, made.height)
        async with self._database.unit(agency_id) as unit:
            sha256 = hashlib.sha256(made.data).digest()
            await assets.keep_variant(unit, platform, variant, sha256, len(made.data), made.marks)
        return variant

    async def _fit(self, asset: Asset, data: bytes, platform: str) -> Finished:
        if asset.made_by_ai and asset.job_id and asset.model and asset.made_at:
            origin = Origin(
                job_id=asset.job_id,
                influencer_id=asset.influencer_id,
                influencer=asset.influencer,
                model=asset.model,
                made_at=asset.made_at,
            )
            if self._finisher is None:
                self._finisher = await asyncio.to_thread(self._open)
            return await self._finisher.variant(data, platform, origin)
        plain = await asyncio.to_thread(fit_for_platform, data, platform)
        width, height = measure(plain)
        return Finished(plain, sniff_picture(plain), width, height, b"")
