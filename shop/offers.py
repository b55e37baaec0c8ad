"""Offers: made in a turn's commit if they still stand, and looked at once more before they leave and before they are paid.

An offer under promos holds a place of each from its commit on, for a while; leaving and being paid for begin that while anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.errors import EffectRefused, NotFound
from core.money import Money
from core.platform_policy import PlatformPolicy
from core.turns import OfferPack
from shop.deals import Deal, takes
from shop.pricing import covers, may_combine, price_under
from shop.restraint import check_offer
from storage.effects import EffectContext
from storage.packs import Standing, add_offer, list_lying, list_undercuts, lock_standing, offer_standing
from storage.promos import Promo, hold_places, lock_standing_uses, renew_places
from storage.unit import Unit

ADULT = "adult"


class Lying(Struct, frozen=True):
    """A pack that lies before the fan already, for no more than it could be offered now."""

    title: str
    price: Money
    instead: Money

    def tell(self) -> str:
        """Say so for the model."""
        return (
            f"The pack {self.title!r} lies in this chat already, for {self.price} instead of {self.instead}, and fits best. It"
            " is not offered anew: tell the fan kindly that it is here at the lower price, a little further up."
        )


async def apply_offer_pack(unit: Unit, context: EffectContext, effect: OfferPack) -> None:
    """Make `OfferPack` true. Raises `EffectRefused` with what is true instead."""
    chat = context.conversation
    packs = (effect.pack_id, *effect.more)
    # One order for everybody who locks packs.
    found = {pack_id: await _stand_of(unit, context, pack_id) for pack_id in sorted(set(packs))}
    listed, title = [found[pack_id][1] for pack_id in packs], found[effect.pack_id][0]
    if effect.promos:
        promos = await _standing_promos(unit, context, effect)
        asked = price_under(listed, promos, context.policy)
        if not (may_combine(promos) and all(covers(promo, packs) for promo in promos)) or asked is None:
            raise EffectRefused("That promo is not for these packs; ask for it anew.")
    else:
        asked = listed[0] if len(listed) == 1 else None
    total = Money(sum(one.amount for one in listed), listed[0].unit)
    if asked != effect.price or (total if effect.promos else None) != effect.list_price:
        raise EffectRefused(f"The price of the pack {title!r} has changed; ask for it anew.")
    if not takes(context.policy, effect.price):
        raise EffectRefused(f"The price of the pack {title!r} is none that this platform takes.")
    await check_offer(unit, context, effect.offer_id, effect.price, asked=effect.asked)
    await add_offer(unit, effect, chat.fan_id, chat.id, context.turn_id)
    if effect.promos:
        await hold_places(unit, effect, chat.fan_id)


async def _stand_of(unit: Unit, context: EffectContext, pack_id: UUID) -> tuple[str, Money]:
    """Return a pack's title and what it costs now, if it may be sold to the fan. Raises `EffectRefused`."""
    chat = context.conversation
    try:
        standing = await lock_standing(unit, pack_id, chat.fan_id, context.account.platform, chat.influencer_id)
    except NotFound:
        raise EffectRefused("There is no such pack any more.") from None
    if not standing.active or not standing.filled:
        raise EffectRefused(f"The pack {standing.title!r} is not for sale any more.")
    if standing.owned:
        raise EffectRefused(f"The fan owns the pack {standing.title!r} already.")
    if not _allowed(standing, context.policy):
        raise EffectRefused(f"The pack {standing.title!r} may not be offered on this platform.")
    if standing.amount is None or standing.unit is None:
        raise EffectRefused(f"The price of the pack {standing.title!r} has changed; ask for it anew.")
    return standing.title, Money(standing.amount, standing.unit)


async def _standing_promos(unit: Unit, context: EffectContext, effect: OfferPack) -> Sequence[Promo]:
    chat = context.conversation
    standing = await lock_standing_uses(unit, chat.influencer_id, chat.fan_id, context.account.platform, effect.promos)
    if len(standing) < len(effect.promos):
        raise EffectRefused("The promo does not stand for this fan any more; offer nothing under it.")
    return standing


async def offer_stands(unit: Unit, offer_id: UUID, policy: PlatformPolicy) -> bool:
    """Say whether an offer may still leave or be paid: its packs are for sale there at what was said, and the fan owns none.

    Its promos stand as well: their places are held, or taken anew; and held from now on.
    """
    return await is_for_sale(unit, offer_id, policy) and await renew_places(unit, offer_id)


async def is_undercut(unit: Unit, offer_id: UUID, policy: PlatformPolicy) -> bool:
    """Say whether the fan has the same packs before them for less, in an offer that stands; an honest shop takes that one."""
    for cheaper in await list_undercuts(unit, offer_id):
        if await is_for_sale(unit, cheaper, policy):
            return True
    return False


async def find_lying(unit: Unit, conversation_id: UUID, deal: Deal, policy: PlatformPolicy) -> Lying | None:
    """Return the offer of a deal's one pack that stands in the chat for less, or under a promo for as much, if there is one."""
    if len(deal.packs) > 1:
        return None
    most = deal.price.amount if deal.promos else deal.price.amount - 1
    for one in await list_lying(unit, conversation_id, deal.packs[0].id):
        if one.unit == deal.price.unit and one.amount <= most and await is_for_sale(unit, one.id, policy):
            return Lying(deal.packs[0].title, Money(one.amount, one.unit), deal.listed)
    return None


async def is_for_sale(unit: Unit, offer_id: UUID, policy: PlatformPolicy) -> bool:
    """Say whether an offer's packs are for sale there at the price that it was made of, and the fan owns none."""
    standing = await offer_standing(unit, offer_id)
    if standing is None or not standing.active or not standing.filled or standing.owned or not _allowed(standing, policy):
        return False
    return (standing.amount, standing.unit) == (standing.offered_amount, standing.offered_unit)


def _allowed(standing: Standing, policy: PlatformPolicy) -> bool:
    return standing.rating != ADULT or policy.adult_ok
