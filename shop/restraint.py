"""How far selling goes: why nothing may be offered now, and what a fan has said they will not spend.

Asked three times of every offer: by the tool, in the commit, and before it leaves; and once more before a payment goes on,
where the platform asks. What `now` is left out is by the database's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.errors import EffectRefused
from core.money import Money
from core.nouns import TurnInput
from core.turns import LimitSpend, RestSales
from storage import restraint
from storage.effects import EffectContext
from storage.house import House
from storage.restraint import Caps, Limit, OfferMade, Rest, Spend, Spent
from storage.unit import Unit

PERIODS: Mapping[str, str] = {"day": "in a day", "week": "in a week", "month": "in a month"}
CAUSES: Mapping[str, str] = {
    "care": "Selling rests just now, for the fan's own good. Offer nothing, name no price, and be kind.",
    "case": "A complaint of the fan is fresh. Offer nothing until it is settled and some time has passed.",
    "no": "The fan said no to offers. Offer nothing unless they ask for content again in words.",
}

BARS: Mapping[str, str] = {
    "minor": "The fan may be under age; nothing is offered.",
    "out": "The fan asked for no messages; nothing is offered.",
}
"""Why nothing is sold to a person at all; it holds whatever they ask."""


OWN_LIMIT = "The fan has set a limit of"
"""How the reason begins where it is the fan's own limit."""


class Reason(Struct, frozen=True):
    """Why nothing may be sold now, in a sentence for the model.

    `barred`: nothing is sold to this person at all; `rest`: selling rests; `pace`: offers come too soon or too often; `limit`:
    the fan's own limit; `cap`: the house's cap on spending, which a person should know of.
    """

    kind: Literal["barred", "rest", "pace", "limit", "cap"]
    sentence: str


async def find_reason(
    unit: Unit,
    fan_ids: Sequence[UUID],
    influencer_id: UUID,
    conversation_id: UUID,
    now: datetime | None = None,
    *,
    price: Money | None = None,
    asked: bool = False,
    besides: UUID | None = None,
) -> Reason | None:
    """Return why nothing may be offered to a person now; none: it may.

    `asked`: they asked for content in this burst, so a no of theirs is over and only the bound for all offers counts. With a
    `price`, what it would make them spend is counted. `besides`: the offer that is asked about, where it is written already.
    """
    caps = await restraint.load_caps(unit)
    for rest in await restraint.list_rests(unit, fan_ids, influencer_id, now):
        if _lasts(rest, caps) and not (asked and rest.cause == "no"):
            return Reason("rest", CAUSES[rest.cause])
    offered = await restraint.count_offers(unit, fan_ids, influencer_id, conversation_id, besides, now)
    if offered.today >= (caps.offers_a_day if asked else min(caps.unasked_a_day, caps.offers_a_day)):
        return Reason("pace", "The fan has had as many offers as are made in a day. Offer nothing more until tomorrow.")
    if not asked and offered.messages_since is not None and offered.messages_since < caps.messages_between:
        return Reason(
            "pace", "The last offer was a moment ago. Talk about something else, and offer nothing unless the fan asks."
        )
    return await _too_much(unit, fan_ids, caps, price, now, besides) if price else None


async def why_not_leave(unit: Unit, offer_id: UUID) -> Reason | None:
    """Return why an offer that is written should not go out any more: a rest began since, or it is too much by now."""
    return await _why_not(unit, offer_id, lambda rest, made: rest.cause != "no" or rest.noted_at > made.offered_at)


async def why_not_pay(unit: Unit, offer_id: UUID) -> Reason | None:
    """Return why a payment should not go on, where the platform asks; a no that the fan has thought better of is no reason."""
    return await _why_not(unit, offer_id, lambda rest, _: rest.cause == "care")


async def _why_not(unit: Unit, offer_id: UUID, counts: Callable[[Rest, OfferMade], bool]) -> Reason | None:
    """Return why nothing comes of an offer that was made; `counts` says which rests count against it."""
    made = await restraint.load_offer(unit, offer_id)
    if made is None:
        return None
    if bar := await restraint.load_bar(unit, made.fan_id):
        return Reason("barred", BARS[bar])
    fans, caps = await restraint.fans_of(unit, made.fan_id), await restraint.load_caps(unit)
    for rest in await restraint.list_rests(unit, fans, made.influencer_id):
        if _lasts(rest, caps) and counts(rest, made):
            return Reason("rest", CAUSES[rest.cause])
    return await _too_much(unit, fans, caps, Money(made.amount, made.unit), None, offer_id)


class Restraint:
    """The same as a tool asks it: in a unit of work of its own, with nothing to write with."""

    def __init__(self, house: House) -> None:
        """Read from the stores."""
        self._house = house

    async def find_reason(self, turn: TurnInput, price: Money | None, *, asked: bool) -> Reason | None:
        """Return why nothing may be offered to the fan of a turn. Raises `Unavailable`."""
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            whose = ((turn.fan.id, *turn.fan.also), turn.influencer.id, turn.conversation.id)
            return await find_reason(unit, *whose, price=price, asked=asked)

    async def find_room(self, turn: TurnInput, units: Collection[str]) -> dict[str, int]:
        """Return what the fan's own limits leave to spend of each limited unit, in minor units. Raises `Unavailable`."""
        fans = (turn.fan.id, *turn.fan.also)
        room: dict[str, int] = {}
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            for limit in await restraint.list_limits(unit, fans, None):
                if limit.unit in units:
                    left = limit.amount - _within(await restraint.load_bound(unit, fans, limit.unit, None, None), limit.period)
                    room[limit.unit] = min(left, room.get(limit.unit, left))
        return room


async def check_offer(unit: Unit, context: EffectContext, offer_id: UUID, price: Money, *, asked: bool) -> None:
    """Let an offer pass in the turn's commit; asked for, it ends a no of the fan. Raises `EffectRefused`."""
    chat = context.conversation
    if bar := await restraint.load_bar(unit, chat.fan_id):
        raise EffectRefused(BARS[bar])
    fans = await restraint.fans_of(unit, chat.fan_id)
    found = await find_reason(unit, fans, chat.influencer_id, chat.id, price=price, asked=asked, besides=offer_id)
    if found:
        raise EffectRefused(found.sentence)
    if asked:
        await restraint.end_no(unit, fans, chat.influencer_id)


async def note_rest(unit: Unit, context: EffectContext, effect: RestSales) -> None:
    """Make `RestSales` true."""
    await restraint.note_rest(unit, context.conversation.fan_id, context.conversation.influencer_id, effect.cause)


async def limit_spend(unit: Unit, context: EffectContext, effect: LimitSpend) -> None:
    """Make `LimitSpend` true."""
    await restraint.set_limits(unit, context.conversation.fan_id, effect.amounts, effect.period)


async def _too_much(
    unit: Unit, fans: Sequence[UUID], caps: Caps, price: Money, now: datetime | None, besides: UUID | None
) -> Reason | None:
    """Return why a person should not pay a price: their own limit, or the cap. What is being paid counts as spent."""
    spent = await restraint.load_bound(unit, fans, price.unit, now, besides)
    for limit in await restraint.list_limits(unit, fans, now):
        if limit.unit == price.unit and _within(spent, limit.period) + price.amount > limit.amount:
            return Reason("limit", _own(limit))
    most = caps.spend_in(price.unit)
    broken = next((words for period, words in PERIODS.items() if _is_over(most, spent, period, price.amount)), None)
    if broken is None:
        return None
    return Reason("cap", f"This would be more than is sold to one fan {broken}. Sell nothing for now; say so kindly.")


def _is_over(most: Spend, spent: Spent, period: str, more: int) -> bool:
    cap: int | None = getattr(most, period)
    return cap is not None and _within(spent, period) + more > cap


def _lasts(rest: Rest, caps: Caps) -> bool:
    return rest.age_s < caps.rest_s(rest.cause)


def _own(limit: Limit) -> str:
    return (
        f"{OWN_LIMIT} {Money(limit.amount, limit.unit)} a {limit.period} for themselves, and this breaks it."
        " Respect that warmly, offer nothing, and do not talk them out of it."
    )


def _within(spent: Spent, period: str) -> int:
    return int(getattr(spent, period))
