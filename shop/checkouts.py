"""Whether a payment may go on: what a platform asks in the moment before it takes the fan's money."""

from __future__ import annotations

from uuid import UUID

from core.errors import EffectRefused
from core.platform_policy import PlatformPolicy
from shop.offers import is_undercut, offer_stands
from shop.restraint import why_not_pay
from storage.checkouts import Checkout, hold_unlock, note_unlock
from storage.packs import offer_standing
from storage.purchases import is_kept
from storage.unit import Unit

UNKNOWN = "Sorry, this offer isn't meant for you or isn't there any more. Nothing was charged."
GONE = "Sorry, this offer doesn't stand any more: you have it already, or it has changed. Nothing was charged."
OTHER_PRICE = "Sorry, the price of this offer has changed. Nothing was charged; please ask for it again."
RESTS = "Nothing is for sale in this chat just now. Nothing was charged."
TOO_MUCH = "Let's leave it at that for now: this would be more than is sold here in so short a time. Nothing was charged."
CHEAPER = "You have the very same on offer for less in this chat; please take that one. Nothing was charged."
BEING_PAID = "You are paying for this just now; please give it a minute. Nothing was charged a second time."


async def check_checkout(unit: Unit, asked: Checkout, policy: PlatformPolicy) -> None:
    """Let a payment pass only if the offer stands, for this fan, at this price. Raises `EffectRefused` in words for the fan."""
    if asked.offer_id is None or not asked.own:
        raise EffectRefused(UNKNOWN)
    if (asked.amount, asked.unit) != (asked.offered_amount, asked.offered_unit):
        raise EffectRefused(OTHER_PRICE)
    await _check_offer(unit, asked.offer_id, policy)
    if asked.being_paid:
        raise EffectRefused(BEING_PAID)


async def check_unlock(unit: Unit, offer_id: UUID, policy: PlatformPolicy) -> None:
    """Let an unlock without money pass on the same terms, and count it; one that was bought already passes again.

    Raises `EffectRefused`.
    """
    await hold_unlock(unit, offer_id)
    if await _is_bought(unit, offer_id):
        return
    try:
        await _check_offer(unit, offer_id, policy)
    except EffectRefused:
        if await _is_bought(unit, offer_id):
            return  # a purchase is booked without waiting for us: it was this very click, sent twice, that took the pack
        raise
    await note_unlock(unit, offer_id)


async def check_unlocked(unit: Unit, offer_id: UUID) -> None:
    """Let an unlock be called done only if it was booked and kept: another offer may have won. Raises `EffectRefused`."""
    if not await is_kept(unit, offer_id):
        raise EffectRefused(GONE)


async def _check_offer(unit: Unit, offer_id: UUID, policy: PlatformPolicy) -> None:
    if not await offer_stands(unit, offer_id, policy):
        raise EffectRefused(GONE)
    if await is_undercut(unit, offer_id, policy):
        raise EffectRefused(CHEAPER)
    await _check_fan(unit, offer_id)


async def _is_bought(unit: Unit, offer_id: UUID) -> bool:
    standing = await offer_standing(unit, offer_id)
    return standing is not None and standing.bought


async def _check_fan(unit: Unit, offer_id: UUID) -> None:
    """Let pass who may buy now. The words for the fan name no ground but their own spending."""
    reason = await why_not_pay(unit, offer_id)
    if reason is not None:
        raise EffectRefused(RESTS if reason.kind in ("barred", "rest") else TOO_MUCH)
