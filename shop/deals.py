"""Deals: which packs at which price under which promos, and the part of a reply that offers one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.money import Money
from core.outbound import PackPart
from core.platform_policy import PlatformPolicy
from core.turns import OfferPack
from shop.pricing import best_price, covers
from storage.packs import PackOnShelf, pack_pictures
from storage.promos import Promo
from storage.unit import Unit


class Deal(Struct, frozen=True):
    """Packs for one price. `promos`: what it rests on where it is lower than the packs' own price."""

    packs: tuple[PackOnShelf, ...]
    price: Money
    promos: tuple[Promo, ...] = ()

    @property
    def listed(self) -> Money:
        """Return what the packs cost without a promo."""
        return Money(sum(pack.amount for pack in self.packs), self.price.unit)


def takes(policy: PlatformPolicy, price: Money) -> bool:
    """Say whether a platform takes a price."""
    return price.amount >= policy.least_price and (policy.most_price is None or price.amount <= policy.most_price)


def sells(pack: PackOnShelf, policy: PlatformPolicy) -> bool:
    """Say whether a pack may be offered on a platform at all: its rating, its price and its size."""
    return (
        (pack.rating != "adult" or policy.adult_ok)
        and takes(policy, Money(pack.amount, pack.unit))
        and (policy.most_pictures is None or pack.pictures <= policy.most_pictures)
    )


def plain_deal(pack: PackOnShelf) -> Deal:
    """Return a pack at its own price."""
    return Deal((pack,), Money(pack.amount, pack.unit))


def single_deal(pack: PackOnShelf, promos: Sequence[Promo], policy: PlatformPolicy) -> Deal | None:
    """Return a pack at the lowest price that promos give it, if they give it any."""
    return _deal((pack,), [one for one in promos if one.kind != "bundle"], policy)


def bundle_deal(packs: Sequence[PackOnShelf], promos: Sequence[Promo], policy: PlatformPolicy) -> Deal | None:
    """Return the bundle that a promo makes of packs which the fan does not own, the wanted ones first."""
    for promo in (one for one in promos if one.kind == "bundle"):
        if chosen := _choose(promo, packs, policy):
            others = [one for one in promos if one.kind != "bundle" and one.stacks and promo.stacks]
            if deal := _deal(chosen, [promo, *others], policy):
                return deal
    return None


def _choose(promo: Promo, packs: Sequence[PackOnShelf], policy: PlatformPolicy) -> tuple[PackOnShelf, ...] | None:
    if promo.take is None:
        chosen = tuple(pack for pack in packs if pack.id in promo.packs)
        enough = len(chosen) == len(promo.packs)
    else:
        chosen = tuple(islice((pack for pack in packs if not promo.packs or pack.id in promo.packs), promo.take))
        enough = len(chosen) == promo.take
    small = policy.most_pictures is None or sum(pack.pictures for pack in chosen) <= policy.most_pictures
    return chosen if enough and small else None


def _deal(packs: tuple[PackOnShelf, ...], promos: Sequence[Promo], policy: PlatformPolicy) -> Deal | None:
    fitting = [one for one in promos if covers(one, [pack.id for pack in packs])]
    found = best_price([Money(pack.amount, pack.unit) for pack in packs], fitting, policy)
    return Deal(packs, *found) if found and takes(policy, found[0]) else None


async def build_part(unit: Unit, deal: Deal) -> PackPart:
    """Return the part of a reply that offers a deal, under a fresh offer id and an opaque payload."""
    pictures = [await pack_pictures(unit, pack.id) for pack in deal.packs]
    items = dict.fromkeys(item for _, shown in pictures for item in shown)
    return PackPart(
        pack_id=deal.packs[0].id,
        offer_id=new_id(),
        title=" + ".join(pack.title for pack in deal.packs),
        caption="\n".join(pack.description for pack in deal.packs),
        price=deal.price,
        payload=secrets.token_urlsafe(24),
        preview=pictures[0][0],
        items=tuple(items),
        old_price=deal.listed if deal.promos else None,
    )


def build_offer(deal: Deal, part: PackPart) -> OfferPack:
    """Return the effect that makes a part's offer true."""
    more: tuple[UUID, ...] = tuple(pack.id for pack in deal.packs[1:])
    uses = tuple(promo.use for promo in deal.promos)
    return OfferPack(part.offer_id, part.pack_id, part.price, part.payload, more, part.old_price, uses)


def tell_price(part: PackPart) -> str:
    """Say what a part's packs cost, and what they cost without a promo."""
    return f"{part.price} instead of {part.old_price}" if part.old_price else str(part.price)
