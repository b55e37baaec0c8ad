"""Promos for tests, and what a fan does with one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from core.clock import SystemClock
from core.ids import new_id
from core.nouns import TurnInput
from core.turns import OfferPack
from shop.promos import Found, Promos
from storage.house import House
from storage.promo_rows import NewPromo, add_code, add_promo, find_packs_named
from tests.shop.world import TELEGRAM, Shop

POLICIES = {"telegram": TELEGRAM}
HOUR = timedelta(hours=1)


async def make_promo(house: House, shop: Shop, slug: str = "spring", **given: Any) -> UUID:
    """Make a promo of a fifth off when asked, or as given; `code`, `once` and `fan_id` make one code of it."""
    code, once, fan_id = given.pop("code", None), given.pop("once", False), given.pop("fan_id", None)
    ends_in = given.pop("ends_in", None)
    packs = given.pop("packs", ())
    kept: dict[str, Any] = {
        "id": new_id(),
        "influencer_id": shop.account.influencer_id,
        "slug": slug,
        "title": slug.title(),
        "kind": "percentage",
        "way": "code" if code else "asked",
        "ends_at": None if ends_in is None else SystemClock().now() + ends_in,
        "made_by": "ana",
        **given,
    }
    if kept["kind"] == "percentage" and kept.get("percent") is None:
        kept["percent"] = 20
    async with house.app.unit(shop.account.agency_id) as unit:
        ids = await find_packs_named(unit, shop.account.influencer_id, packs)
        await add_promo(unit, NewPromo(**kept, packs=ids))
        if code:
            assert await add_code(unit, new_id(), kept["id"], code, once=once, fan_id=fan_id)
    return UUID(str(kept["id"]))


async def look_up(house: House, turn: TurnInput, code: str | None = None, *wanted: UUID) -> Found:
    """Look for a promo as the tool does."""
    return await Promos(house, POLICIES).find(turn, code, wanted)


async def offer_under(house: House, turn: TurnInput, code: str | None = None, *wanted: UUID) -> OfferPack:
    """Return the offer that a promo makes; there must be one."""
    found = await look_up(house, turn, code, *wanted)
    assert found.effect is not None, found.reason
    return found.effect
