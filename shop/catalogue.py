"""What a fan may be offered, and how an offer looks. Prices and ownership come from the rows, never from words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from uuid import UUID

from core.ids import new_id
from core.money import Money
from core.outbound import PackPart
from storage.packs import PackForSale, list_for_sale, pack_pictures
from storage.unit import Unit

TAG_WEIGHT = 0.25
"""What one matching tag is worth beside a cosine in -1..1."""


async def rank_packs(
    unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, wish: str, vector: Sequence[float] | None, embedder: str
) -> list[PackForSale]:
    """Return what this fan may be offered on this platform, the best fit to the wish first; owned packs are left out."""
    packs = await list_for_sale(unit, influencer_id, fan_id, platform, vector, embedder)
    words = set(re.findall(r"\w+", wish.lower()))
    return sorted(packs, key=lambda pack: (-_fit(pack, words), pack.slug))


def _fit(pack: PackForSale, words: set[str]) -> float:
    named = {word for text in (*pack.tags, pack.title) for word in re.findall(r"\w+", text.lower()) if len(word) > 2}
    return (pack.similarity or 0.0) + TAG_WEIGHT * len(words & named)


async def build_pack_part(unit: Unit, pack: PackForSale) -> PackPart:
    """Return the part of a reply that offers a pack, under a fresh offer id and an opaque payload."""
    preview, items = await pack_pictures(unit, pack.id)
    return PackPart(
        pack_id=pack.id,
        offer_id=new_id(),
        title=pack.title,
        caption=pack.description,
        price=Money(pack.amount, pack.unit),
        payload=secrets.token_urlsafe(24),
        preview=preview,
        items=items,
    )
