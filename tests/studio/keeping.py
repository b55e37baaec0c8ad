"""Pictures that were made, for tests that look for them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.ids import new_id
from core.outbound import AssetRef
from storage.gallery import NewPicture, keep_picture
from storage.house import House
from storage.packs import put_asset
from tests.studio.painting import sheet

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def make_picture(house: House, agency: UUID, influencer: UUID, number: int, data: bytes = b"", **said: object) -> UUID:
    """Keep a picture as a finished job would; `number` makes it one of its own. Return its asset's id."""
    drawn = data or sheet((number % 256, 10, 10), (300, 300))
    digest = hashlib.sha256(drawn + (b"" if data else bytes([number % 256]))).digest()
    asset = AssetRef(new_id(), f"assets/{digest.hex()}", "image/png", 300, 300)
    await house.blobs.put(asset.blob_key, drawn, "image/png")
    values = {
        "prompt": f"sheet {number}",
        "category": "portrait",
        "shape": "portrait",
        "model": "sheets",
        "seed": number,
        **said,
    }
    async with house.app.unit(agency) as unit:
        asset_id = await put_asset(unit, influencer, asset, digest, len(drawn))
        made_at = NOON + timedelta(minutes=number)
        await keep_picture(unit, NewPicture(asset_id=asset_id, job_id=new_id(), made_at=made_at, **values))  # type: ignore[arg-type]  # by name
    return asset_id
