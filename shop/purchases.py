"""What a fan owns and may see. The purchases themselves are written by the ingress, from the platform's own events."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound
from core.outbound import AssetRef
from storage import packs
from storage.unit import Unit


class Gallery(Struct, frozen=True):
    """What a fan sees of an offered pack: the blurred preview, and the pictures once it is bought."""

    owned: bool
    preview: AssetRef | None
    items: tuple[AssetRef, ...]


async def galleries_of(unit: Unit, fan_id: UUID, offers: Sequence[UUID]) -> dict[UUID, Gallery]:
    """Return the gallery of each offer that was made to this fan."""
    found: dict[UUID, Gallery] = {}
    for offered in await packs.offered_packs(unit, fan_id, offers):
        preview, _ = await packs.pack_pictures(unit, offered.pack_id)
        items = await packs.offer_items(unit, offered.offer_id)
        found[offered.offer_id] = Gallery(offered.owned, preview, items if offered.owned else ())
    return found


async def offer_payload(unit: Unit, offer_id: UUID, fan_id: UUID) -> str:
    """Return what comes back with the purchase of an offer. Raises `NotFound` for an offer to somebody else."""
    payload = await packs.offer_payload(unit, offer_id, fan_id)
    if payload is None:
        raise NotFound("There is no such offer.")
    return payload


async def visible_asset(unit: Unit, fan_id: UUID, asset_id: UUID, platform: str) -> AssetRef:
    """Return a picture that this fan may see, as a platform takes it. Raises `NotFound` for every other."""
    return await packs.visible_asset(unit, fan_id, asset_id, platform)


async def offered_asset(unit: Unit, account_id: UUID, offer_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture of an account's offer, if the offer's fan may see it. Raises `NotFound` for every other."""
    return await packs.offered_asset(unit, account_id, offer_id, asset_id)
