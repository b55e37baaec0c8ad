"""Offers: made in a turn's commit if they still stand, and looked at once more before they leave."""

from __future__ import annotations

from uuid import UUID

from core.errors import EffectRefused, NotFound
from core.turns import OfferPack
from shop.restraint import check_offer
from storage.effects import EffectContext
from storage.packs import add_offer, lock_standing, offer_standing
from storage.unit import Unit


async def apply_offer_pack(unit: Unit, context: EffectContext, effect: OfferPack) -> None:
    """Make `OfferPack` true. Raises `EffectRefused` with what is true instead."""
    chat = context.conversation
    try:
        standing = await lock_standing(unit, effect.pack_id, chat.fan_id, context.account.platform, chat.influencer_id)
    except NotFound:
        raise EffectRefused("There is no such pack any more.") from None
    if not standing.active:
        raise EffectRefused(f"The pack {standing.title!r} is not for sale any more.")
    if standing.owned:
        raise EffectRefused(f"The fan owns the pack {standing.title!r} already.")
    if (standing.amount, standing.unit) != (effect.price.amount, effect.price.unit):
        raise EffectRefused(f"The price of the pack {standing.title!r} has changed; ask for it anew.")
    await check_offer(unit, context, effect.offer_id, effect.price, asked=effect.asked)
    await add_offer(unit, effect, chat.fan_id, chat.id, context.turn_id)


async def offer_stands(unit: Unit, offer_id: UUID) -> bool:
    """Say whether an offer may still leave: the pack is for sale at the offered price and the fan does not own it."""
    standing = await offer_standing(unit, offer_id)
    if standing is None or not standing.active or standing.owned:
        return False
    return (standing.amount, standing.unit) == (standing.offered_amount, standing.offered_unit)
