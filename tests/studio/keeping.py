"""Pictures that were made, for tests that look for them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core.ids import new_id
from core.outbound import AssetRef
from core.pictures import PictureRequest, PictureWish
from storage import assets, credits, gallery, image_jobs
from storage.assets import MadeAsset
from storage.house import House
from storage.image_jobs import PERSON, Looking, Order
from tests.studio.painting import sheet

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HELD = {"moderation": "held", "reasons": ("nobody looked",), "judged_by": "nobody"}


async def make_picture(house: House, agency: UUID, influencer: UUID, number: int, data: bytes = b"", **said: Any) -> UUID:
    """Keep a picture as a finished job does, without the job; `number` makes it one of its own. Return its asset's id."""
    drawn = data or sheet((number % 256, 10, 10), (300, 300))
    digest = hashlib.sha256(drawn + (b"" if data else bytes([number % 256]))).digest()
    asset = AssetRef(new_id(), f"made/{influencer.hex}/{digest.hex()}", "image/png", 300, 300)
    await house.blobs.put(asset.blob_key, drawn, "image/png")
    made_at = NOON + timedelta(minutes=number)
    stands = {name: said.pop(name) for name in ("moderation", "reasons", "judged_by", "made_for", "job_id") if name in said}
    values = {
        "prompt": f"sheet {number}",
        "category": "portrait",
        "shape": "portrait",
        "model": "sheets",
        "seed": number,
        **said,
    }
    row = MadeAsset(
        asset=asset, sha256=digest, size=len(drawn), thumbnail_key=f"{asset.blob_key}-small", marks=("metadata",),
        model=str(values["model"]), made_at=made_at,
        **{"moderation": "passed", "judged_by": "scripted", "job_id": new_id(), **stands},
    )  # fmt: skip
    async with house.app.unit(agency) as unit:
        asset_id = await assets.keep_made(unit, influencer, row)
        await gallery.keep_picture(unit, asset_id, gallery.Kept(made_at=made_at, **values))
    return asset_id


async def finish_picture(house: House, agency: UUID, influencer: UUID, number: int, **said: Any) -> tuple[UUID, UUID]:
    """Order a picture and let it be done, or `held`; `source` and the like go into the order. Return job and asset."""
    job_id = new_id()
    placed = {name: said.pop(name) for name in ("source", "conversation_id", "turn_id", "fan_id") if name in said}
    wish = PictureWish(text=str(said.get("wish", "")), shape=said.get("shape", "portrait"))
    request = PictureRequest(prompt=str(said.get("prompt", f"sheet {number}")), model=str(said.get("model", "sheets")))
    one = Order(
        id=job_id, influencer_id=influencer, wish=wish, request=request, cost=0, priority=PERSON, **{"source": "api", **placed}
    )  # fmt: skip
    async with house.app.unit(agency) as unit:
        await image_jobs.add(unit, credits, one)
        await image_jobs.set_key(unit, job_id, f"key {number}")
    (held,) = await image_jobs.claim(house.app, "w", (), Looking(most=1))
    assert held.id == job_id
    asset_id = await make_picture(house, agency, influencer, number, job_id=job_id, made_for=placed.get("fan_id"), **said)
    async with house.app.unit(agency) as unit:
        (job,) = await image_jobs.load_claimed(unit, [job_id], "w")
        await image_jobs.end(unit, credits, job, asset_id, 0.1, held=said.get("moderation") == "held")
    return job_id, asset_id
