"""Promos as operators make and end them, and their codes: made by chance that nobody can guess."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, Refused
from core.ids import new_id
from core.money import MINOR_DIGITS, MOST, Money
from core.platform_policy import PlatformPolicy
from shop.promos import read_code
from storage.house import House
from storage.links import person_of
from storage.pack_rows import find_influencer
from storage.promo_rows import (
    CodeRow,
    NewPromo,
    PromoRow,
    add_code,
    add_promo,
    end_promo,
    find_packs_named,
    list_codes,
    load_promo,
)
from storage.promos import KINDS, WAYS

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I, which are read for each other."""

CODE_LENGTH = 12
MOST_CODES = 5_000
SHORTEST_CODE, LONGEST_CODE = 4, 32
HOLDS = range(60, 604_801)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class PromoPlan(Struct, frozen=True, kw_only=True):
    """A promo to be made.

    `kind`: `percentage` (`percent` off), `fixed` (`amount` off in `unit`), `bundle` (the `packs` together for `amount`, or
    any `take` packs with the cheapest free), `trial` (a first purchase for `amount`). `way`: with a `code`, when the fan has
    `asked`, or `always`. `least`: what the packs must cost at least, in `unit`. `code`: one for all.
    """

    influencer: str
    slug: str
    title: str
    kind: str
    way: str = "code"
    percent: int | None = None
    amount: int | None = None
    unit: str | None = None
    take: int | None = None
    least: int | None = None
    per_fan: int = 1
    total: int | None = None
    platforms: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    stacks: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hold_s: int = 3600
    code: str | None = None


class CodeOrder(Struct, frozen=True, kw_only=True):
    """Personal codes to be made: so many for one purchase each, or one for a fan."""

    count: int = 1
    fan: UUID | None = None


class Campaigns:
    """The operators' hands on the promos of an agency."""

    def __init__(self, house: House, policies: Mapping[str, PlatformPolicy], agency_id: UUID) -> None:
        """Work in one agency; `policies` say which platforms there are, and for which money they sell."""
        self._house, self._policies, self._agency_id = house, policies, agency_id

    async def add(self, plan: PromoPlan, operator: str) -> PromoRow:
        """Make a promo. Raises `BadInput`, `NotFound`, and `Refused` when there is one of that name or code."""
        check_plan(plan, self._policies)
        code = _readable(plan.code) if plan.code is not None else None
        async with self._house.app.unit(self._agency_id) as unit:
            influencer_id = await find_influencer(unit, plan.influencer)
            packs = await find_packs_named(unit, influencer_id, plan.packs)
            promo_id = new_id()
            await add_promo(unit, _row(plan, promo_id, influencer_id, packs, operator))
            if code is not None and not await add_code(unit, new_id(), promo_id, code, once=False, fan_id=None):
                raise Refused(f"The code {code} is another promo's already; choose another one.")
            made = await load_promo(unit, promo_id)
            if made.state == "over":  # by the database's clock; the promo goes with the transaction
                raise BadInput("That promo would be over before it begins; let it end at a time to come.")
            return made

    async def end(self, promo_id: UUID) -> PromoRow:
        """Offer a promo no more; offers that hold a place keep it for their time. Raises `NotFound`."""
        async with self._house.app.unit(self._agency_id) as unit:
            return await end_promo(unit, promo_id)

    async def make_codes(self, promo_id: UUID, order: CodeOrder) -> list[CodeRow]:
        """Make personal codes and return them. Raises `BadInput`, `NotFound`, and `Refused` for a promo that is over."""
        if not 1 <= order.count <= MOST_CODES or (order.fan is not None and order.count != 1):
            raise BadInput(f"1 to {MOST_CODES} codes are made at once, and one for a fan.")
        async with self._house.app.unit(self._agency_id) as unit:
            promo = await load_promo(unit, promo_id)
            if promo.state == "over":
                raise Refused(f"The promo {promo.slug!r} has ended; make a new one.")
            if order.fan is not None:
                await person_of(unit, order.fan)
            made: list[CodeRow] = []
            while len(made) < order.count:
                code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
                if await add_code(unit, new_id(), promo_id, code, once=True, fan_id=order.fan):
                    made.append(CodeRow(code, True, order.fan, 0))
            return made

    async def codes(self, promo_id: UUID) -> list[CodeRow]:
        """Return the codes of a promo. Raises `NotFound`."""
        async with self._house.app.unit(self._agency_id) as unit:
            await load_promo(unit, promo_id)
            return await list_codes(unit, promo_id)


def check_plan(plan: PromoPlan, policies: Mapping[str, PlatformPolicy]) -> None:
    """Hold a promo to what it can mean. Raises `BadInput`, saying what to give."""
    if not _SLUG.fullmatch(plan.slug) or len(plan.slug) > 40:
        raise BadInput("A promo's short name is small letters, digits and single hyphens, such as spring-sale.")
    if not 1 <= len(plan.title.strip()) <= 80 or "\x00" in plan.title:
        raise BadInput("A promo's title has 1 to 80 characters.")
    if plan.kind not in KINDS or plan.way not in WAYS:
        raise BadInput(f"A promo's kind is {', '.join(KINDS)}; its way is {', '.join(WAYS)}.")
    unknown = next((name for name in plan.platforms if not (known := policies.get(name)) or known.priced_media is None), None)
    if unknown is not None:
        raise BadInput(f"Nothing is sold on {unknown!r}.")
    if plan.code is not None and plan.way != "code":
        raise BadInput("A promo with a code is of the way code.")
    _check_limits(plan)
    _check_kind(plan)
    _check_unit(plan, policies)


def _check_limits(plan: PromoPlan) -> None:
    if plan.per_fan < 1 or (plan.total is not None and plan.total < 1):
        raise BadInput("A promo is for each fan, and in total, at least once.")
    if plan.hold_s not in HOLDS:
        raise BadInput("An offer holds its place for 60 seconds to 7 days.")
    if plan.starts_at and plan.ends_at and plan.ends_at <= plan.starts_at:
        raise BadInput("A promo ends after it begins.")
    if any(at is not None and at.tzinfo is None for at in (plan.starts_at, plan.ends_at)):
        raise BadInput("A promo's moments need a time zone, such as 2026-09-01T12:00:00+02:00.")


def _check_kind(plan: PromoPlan) -> None:
    needs_amount = plan.kind in ("fixed", "trial") or (plan.kind == "bundle" and plan.take is None)
    if (plan.percent is not None) != (plan.kind == "percentage"):
        raise BadInput("A percentage, and no other kind, needs percent: 1 to 99.")
    if plan.percent is not None and not 1 <= plan.percent <= 99:
        raise BadInput("A percentage takes 1 to 99 percent off.")
    if (plan.amount is not None) != needs_amount:
        raise BadInput("A fixed promo, a trial and a bundle of named packs, and no other, need an amount with its unit.")
    if plan.take is not None and (plan.kind != "bundle" or not 2 <= plan.take <= 10):
        raise BadInput("Only a bundle takes a number of packs, 2 to 10, of which the cheapest is free.")
    if plan.kind == "bundle" and plan.take is None and len(set(plan.packs)) < 2:
        raise BadInput("A bundle for an amount names two packs or more.")
    if plan.kind == "bundle" and plan.take is not None and 0 < len(set(plan.packs)) < plan.take:
        raise BadInput(f"A bundle that takes {plan.take} packs names as many or more, or none.")


def _check_unit(plan: PromoPlan, policies: Mapping[str, PlatformPolicy]) -> None:
    if any(amount is not None and not 1 <= amount <= MOST for amount in (plan.amount, plan.least)):
        raise BadInput(f"An amount is a whole number of minor units, 1 to {MOST}.")
    if (plan.unit is not None) != (plan.amount is not None or plan.least is not None):
        raise BadInput("An amount and its unit go together: cents of USD are not Stars (XTR).")
    if plan.unit is not None and plan.unit not in MINOR_DIGITS:
        raise BadInput(f"The unit is {', '.join(MINOR_DIGITS)}, not {plan.unit!r}.")
    sold = sorted({policy.priced_media for policy in policies.values() if policy.priced_media})
    if plan.unit is not None and plan.unit not in sold:
        raise BadInput(f"Nothing is sold for {plan.unit} here, but for {' or '.join(sold)}; the promo would lower no price.")
    for name in plan.platforms:
        policy = policies[name]
        if plan.unit is not None and policy.priced_media != plan.unit:
            raise BadInput(f"{name} sells for {policy.priced_media}, not {plan.unit}.")
        if plan.kind in ("trial", "bundle") and plan.amount is not None and plan.amount < policy.least_price:
            raise BadInput(f"A pack on {name} costs at least {Money(policy.least_price, plan.unit or '')}.")


def _readable(given: str) -> str:
    code = read_code(given)
    if code is None or not SHORTEST_CODE <= len(code) <= LONGEST_CODE or code != given.strip().upper():
        raise BadInput(f"A code is {SHORTEST_CODE} to {LONGEST_CODE} letters, digits and hyphens.")
    return code


def _row(plan: PromoPlan, promo_id: UUID, influencer_id: UUID, packs: list[UUID], operator: str) -> NewPromo:
    return NewPromo(
        id=promo_id,
        influencer_id=influencer_id,
        slug=plan.slug,
        title=plan.title.strip(),
        kind=plan.kind,
        way=plan.way,
        percent=plan.percent,
        amount=plan.amount,
        unit=plan.unit,
        take=plan.take,
        least=plan.least,
        per_fan=plan.per_fan,
        total=plan.total,
        platforms=plan.platforms,
        stacks=plan.stacks,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        hold_s=plan.hold_s,
        made_by=operator,
        packs=packs,
    )
