"""Promos and their codes as operators keep them. A promo is made and ended, and never changed between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from storage.queries import Queries
from storage.unit import Unit

PROMOS = Queries("promos")


class PromoRow(Struct, frozen=True):
    """One promo as a person sees it.

    `state`: stands, early, over or used up; `redeemed` and `held` count its places; `codes` how many codes it has.
    """

    id: UUID
    influencer: str
    slug: str
    title: str
    kind: str
    way: str
    percent: int | None
    amount: int | None
    unit: str | None
    take: int | None
    least: int | None
    per_fan: int
    total: int | None
    platforms: list[str]
    stacks: bool
    starts_at: datetime
    ends_at: datetime | None
    hold_s: int
    made_by: str
    created_at: datetime
    packs: list[str]
    codes: int
    redeemed: int
    held: int
    state: str


class CodeRow(Struct, frozen=True):
    """One code; `once`: for one purchase, `fan_id`: for this fan only, `redeemed`: how often it was."""

    code: str
    once: bool
    fan_id: UUID | None
    redeemed: int


class NewPromo(Struct, frozen=True, kw_only=True):
    """A promo to be made; `packs` by their ids. It begins now unless it is said."""

    id: UUID
    influencer_id: UUID
    slug: str
    title: str
    kind: str
    way: str
    percent: int | None = None
    amount: int | None = None
    unit: str | None = None
    take: int | None = None
    least: int | None = None
    per_fan: int = 1
    total: int | None = None
    platforms: Sequence[str] = ()
    stacks: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hold_s: int = 3600
    made_by: str
    packs: Sequence[UUID] = ()


class _Named(Struct, frozen=True):
    id: UUID
    slug: str


async def list_promos(unit: Unit, influencer: str | None = None) -> list[PromoRow]:
    """Return the agency's promos, or those of one influencer; what is over comes last."""
    return await PROMOS["list"].all(unit, PromoRow, influencer, None)


async def load_promo(unit: Unit, promo_id: UUID) -> PromoRow:
    """Return one promo. Raises `NotFound`."""
    found = await PROMOS["list"].first(unit, PromoRow, None, promo_id)
    if found is None:
        raise NotFound("There is no such promo.")
    return found


async def add_promo(unit: Unit, new: NewPromo) -> None:
    """Make a promo. Raises `Refused` when the influencer has one of that short name."""
    made = await PROMOS["add"].value(
        unit,
        new.id,
        new.influencer_id,
        new.slug,
        new.title,
        new.kind,
        new.way,
        new.percent,
        new.amount,
        new.unit,
        new.take,
        new.least,
        new.per_fan,
        new.total,
        list(new.platforms),
        new.stacks,
        new.starts_at,
        new.ends_at,
        new.hold_s,
        new.made_by,
    )
    if made is None:
        raise Refused(f"There is a promo {new.slug!r} already; promos are not changed, so give the new one another name.")
    await PROMOS["add_pack"].run_many(unit, [(new.id, pack_id) for pack_id in new.packs])


async def find_packs_named(unit: Unit, influencer_id: UUID, slugs: Sequence[str]) -> list[UUID]:
    """Return packs of an influencer by their short names. Raises `NotFound`, naming the first that is not there."""
    found = {row.slug: row.id for row in await PROMOS["packs_named"].all(unit, _Named, influencer_id, list(slugs))}
    missing = next((slug for slug in slugs if slug not in found), None)
    if missing is not None:
        raise NotFound(f"The influencer has no pack {missing!r}.")
    return [found[slug] for slug in dict.fromkeys(slugs)]


async def add_code(unit: Unit, code_id: UUID, promo_id: UUID, code: str, *, once: bool, fan_id: UUID | None) -> bool:
    """Give a promo a code; false where the agency has that code already."""
    return await PROMOS["add_code"].value(unit, code_id, promo_id, code, once, fan_id) is not None


async def list_codes(unit: Unit, promo_id: UUID, limit: int = 10_000) -> list[CodeRow]:
    """Return the codes of a promo, the oldest first."""
    return await PROMOS["codes"].all(unit, CodeRow, promo_id, limit)


async def end_promo(unit: Unit, promo_id: UUID) -> PromoRow:
    """Offer a promo no more from now on; offers that hold a place keep it for their time. Raises `NotFound`."""
    await PROMOS["end"].run(unit, promo_id)
    return await load_promo(unit, promo_id)
