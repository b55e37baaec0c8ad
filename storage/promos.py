"""Promos, their codes, and the places that offers hold of them. Whether one stands is the database's to say, by its clock."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.turns import OfferPack, PromoUse
from storage.queries import Queries
from storage.unit import Unit

PROMOS = Queries("promos")
WAYS = ("code", "asked", "always")
KINDS = ("percentage", "fixed", "bundle", "trial")


class Promo(Struct, frozen=True, kw_only=True):
    """A promo that stands for a fan, and the code that it stands by, if it needs one.

    `percent` off, `amount` in minor units of `unit` off (fixed) or to pay (bundle, trial), `take`: so many packs, the cheapest
    free. `least`: what the packs must cost at least, in `unit`. `packs`: for these only; none: for any.
    """

    id: UUID
    slug: str
    title: str
    kind: str
    way: str = "code"
    percent: int | None = None
    amount: int | None = None
    unit: str | None = None
    take: int | None = None
    least: int | None = None
    stacks: bool = False
    hold_s: int = 3600
    packs: tuple[UUID, ...] = ()
    code_id: UUID | None = None

    @property
    def use(self) -> PromoUse:
        """Return how an offer names it."""
        return PromoUse(self.id, self.code_id)


class _Id(Struct, frozen=True):
    id: UUID


class _Code(Struct, frozen=True):
    code: str


class _Use(Struct, frozen=True):
    promo_id: UUID
    code_id: UUID | None
    held: bool


class _Where(Struct, frozen=True):
    fan_id: UUID
    influencer_id: UUID
    platform: str


async def standing_promos(
    unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, ways: Sequence[str], code: str | None = None
) -> list[Promo]:
    """Return what stands for a fan there now: promos of these ways, and the one of a code."""
    return await PROMOS["standing"].all(unit, Promo, influencer_id, fan_id, platform, list(ways), code)


async def lock_standing_uses(
    unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, uses: Sequence[PromoUse]
) -> list[Promo]:
    """Return those of some promos that stand for a fan there now; nobody takes a place of theirs until the transaction ends."""
    await PROMOS["lock"].all(unit, _Id, [use.promo_id for use in uses])
    ids, codes = [use.promo_id for use in uses], [use.code_id for use in uses]
    return await PROMOS["standing_of"].all(unit, Promo, influencer_id, fan_id, platform, ids, codes)


async def hold_places(unit: Unit, effect: OfferPack, fan_id: UUID) -> None:
    """Let an offer hold a place of each of its promos, and the person's older offers none any more."""
    await PROMOS["let_go"].run(unit, [use.promo_id for use in effect.promos], effect.offer_id, fan_id)
    for use in effect.promos:
        await PROMOS["hold"].run(unit, effect.offer_id, use.promo_id, use.code_id)


async def renew_places(unit: Unit, offer_id: UUID) -> bool:
    """Hold an offer's places from now on; say whether it has them all, taking anew what is left of those that lapsed."""
    uses = await PROMOS["uses_of"].all(unit, _Use, offer_id)
    lapsed = [PromoUse(use.promo_id, use.code_id) for use in uses if not use.held]
    if lapsed:
        where = await PROMOS["where_of"].one(unit, _Where, offer_id)
        standing = await lock_standing_uses(unit, where.influencer_id, where.fan_id, where.platform, lapsed)
        if len(standing) < len(lapsed):
            return False
        await PROMOS["let_go"].run(unit, [use.promo_id for use in lapsed], offer_id, where.fan_id)
    if uses:
        await PROMOS["renew"].run(unit, offer_id)
    return True


async def codes_among(unit: Unit, influencer_id: UUID, fan_id: UUID, words: Sequence[str]) -> list[str]:
    """Return those of some words, in capitals, that are codes which a fan may name there now."""
    return [row.code for row in await PROMOS["codes_among"].all(unit, _Code, influencer_id, fan_id, list(words))]


async def code_state(unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, code: str) -> str | None:
    """Return what a code is worth to a fan: stands, early, over, elsewhere, had, bought or gone; none for no code of theirs."""
    found = await PROMOS["code_state"].value(unit, influencer_id, fan_id, platform, code)
    return None if found is None else str(found)
