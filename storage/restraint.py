"""Why selling to a fan rests, what they have spent, the limits that they set, and an agency's own caps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field

from core.errors import BadInput
from core.ids import new_id
from core.money import Money
from storage.checkouts import PAYING_S
from storage.queries import Queries
from storage.unit import Unit

RESTRAINT = Queries("restraint")
Amount = Annotated[int, Meta(ge=0)]


class Spend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that is sold to one fan within a day, seven days and thirty, in a unit's smallest part; none: no cap."""

    day: Amount | None = None
    week: Amount | None = None
    month: Amount | None = None


MODEST = Spend(day=5000, week=12000, month=30000)
"""The house's cap in money: 50, 120 and 300; for units that nobody has named, too."""

STARS = Spend(day=3500, week=8500, month=21000)
"""The house's cap in Telegram Stars, about as much."""


RAISE_DAYS = 7
"""How long a fan waits until a limit of their own rises; the house's words to them say so, so it is nobody's setting."""


class Caps(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far selling goes at most: the house's defaults, and per agency what it says otherwise.

    `spend` by unit. `offers_a_day` counts all offers of an influencer to a fan; `unasked_a_day` bounds them for offers that the
    fan did not ask for, which also wait for `messages_between` messages of the fan. Rests in days: after a no, after a fan told
    of trouble, after a complaint. `pictures_a_day`: made for one person at their wish.
    """

    spend: Mapping[str, Spend] = field(default_factory=lambda: {"USD": MODEST, "EUR": MODEST, "GBP": MODEST, "XTR": STARS})
    offers_a_day: Annotated[int, Meta(ge=0, le=100)] = 12
    pictures_a_day: Annotated[int, Meta(ge=0, le=100)] = 6
    unasked_a_day: Annotated[int, Meta(ge=0, le=100)] = 2
    messages_between: Annotated[int, Meta(ge=0, le=1000)] = 6
    no_days: Annotated[int, Meta(ge=1, le=365)] = 30
    care_days: Annotated[int, Meta(ge=1, le=365)] = 7
    case_days: Annotated[int, Meta(ge=1, le=365)] = 2

    def spend_in(self, unit: str) -> Spend:
        """Return the cap for a unit."""
        return self.spend.get(unit, MODEST)

    def rest_s(self, cause: str) -> float:
        """Return how long a rest of this cause lasts, seconds."""
        return 86_400.0 * {"no": self.no_days, "care": self.care_days, "case": self.case_days}[cause]


class Rest(Struct, frozen=True):
    """Why nothing is offered, and since when; `age_s` seconds ago."""

    cause: str
    noted_at: datetime
    age_s: float


class Spent(Struct, frozen=True):
    """What a fan has spent in one unit in the last day, seven days and thirty."""

    day: int
    week: int
    month: int


class Limit(Struct, frozen=True):
    """What a fan lets us sell them at most in a period."""

    unit: str
    period: str
    amount: int


class OwnLimit(Limit, frozen=True):
    """The same as the fan may read it; from `next_at` on it is `next_amount`, or no limit at all."""

    set_at: datetime
    next_amount: int | None
    next_at: datetime | None


class Offered(Struct, frozen=True):
    """Offers of the last day, and messages since the last one in this conversation; none: there was no offer yet."""

    today: int
    messages_since: int | None


class OfferMade(Struct, frozen=True):
    """To whom, by whom and where an offer was made, and for how much."""

    fan_id: UUID
    influencer_id: UUID
    conversation_id: UUID
    amount: int
    unit: str
    offered_at: datetime


async def load_caps(unit: Unit) -> Caps:
    """Return the present agency's caps."""
    stored = await RESTRAINT["caps"].value(unit)
    return msgspec.json.decode(str(stored), type=Caps) if stored else Caps()


async def set_caps(unit: Unit, document: Mapping[str, object] | None) -> Caps:
    """Set what the agency caps otherwise than the house; none: the house's caps again. Raises `BadInput` for what is no cap."""
    try:
        caps = msgspec.convert(document or {}, Caps)
    except msgspec.ValidationError as error:
        raise BadInput(f"These are no caps: {error}.") from None
    await RESTRAINT["set_caps"].run(unit, msgspec.json.encode(document).decode() if document else None)
    return caps


async def note_rest(unit: Unit, fan_id: UUID, influencer_id: UUID, cause: str) -> None:
    """Write down that selling to a fan rests."""
    await RESTRAINT["note_rest"].run(unit, new_id(), fan_id, influencer_id, cause)


async def end_no(unit: Unit, fans: Sequence[UUID], influencer_id: UUID) -> None:
    """The fan asks for content again: their no is over."""
    await RESTRAINT["end_no"].run(unit, list(fans), influencer_id)


async def list_rests(unit: Unit, fans: Sequence[UUID], influencer_id: UUID, now: datetime | None = None) -> list[Rest]:
    """Return the latest reason of each kind why nothing is offered to a person, however old; `now`: none is the database's."""
    return await RESTRAINT["rests"].all(unit, Rest, list(fans), influencer_id, now)


async def load_spent(unit: Unit, fans: Sequence[UUID], money: str, now: datetime | None) -> Spent:
    """Return what a person has spent in a unit up to a moment; none: the database's."""
    return await RESTRAINT["spent"].one(unit, Spent, list(fans), money, now)


async def load_bound(unit: Unit, fans: Sequence[UUID], money: str, now: datetime | None, besides: UUID | None) -> Spent:
    """Return what a person has spent, with what they were let pay a moment ago that has not arrived yet, one offer left out."""
    return await RESTRAINT["bound"].one(unit, Spent, list(fans), money, now, PAYING_S, besides)


async def list_units(unit: Unit, fans: Sequence[UUID]) -> list[str]:
    """Return the units in which a person has spent or set limits."""
    return [str(row[0]) for row in await unit.connection.fetch(RESTRAINT["units"].sql, list(fans))]


async def list_limits(unit: Unit, fans: Sequence[UUID], now: datetime | None) -> list[Limit]:
    """Return a person's own limits as they hold at a moment; none: the database's."""
    return await RESTRAINT["limits"].all(unit, Limit, list(fans), now)


async def list_own_limits(unit: Unit, fans: Sequence[UUID]) -> list[OwnLimit]:
    """Return a person's own limits with what they will become."""
    return await RESTRAINT["all_limits"].all(unit, OwnLimit, list(fans))


async def set_limits(unit: Unit, fan_id: UUID, amounts: Sequence[Money], period: str) -> None:
    """Set a fan's limits, or lift them all where there are none; what asks for more holds after some days."""
    await RESTRAINT["settle_limits"].run(unit, fan_id)
    for money in amounts:
        await RESTRAINT["set_limit"].run(unit, fan_id, money.unit, period, money.amount, RAISE_DAYS)
    if not amounts:
        await RESTRAINT["lift_limits"].run(unit, fan_id, RAISE_DAYS)


async def count_offers(
    unit: Unit, fans: Sequence[UUID], influencer_id: UUID, conversation_id: UUID, besides: UUID | None, now: datetime | None
) -> Offered:
    """Count what was offered to a person lately, one offer left out."""
    return await RESTRAINT["offers"].one(unit, Offered, list(fans), influencer_id, conversation_id, besides, now)


async def load_offer(unit: Unit, offer_id: UUID) -> OfferMade | None:
    """Return an offer; nothing when it was never made."""
    return await RESTRAINT["offer"].first(unit, OfferMade, offer_id)


async def load_bar(unit: Unit, fan_id: UUID) -> str | None:
    """Return why a fan gets nothing at all: `minor` (any row of the person is flagged), `out` (STOP in this chat), or none."""
    found = await RESTRAINT["barred"].value(unit, fan_id)
    return None if found is None else str(found)


async def fans_of(unit: Unit, fan_id: UUID) -> list[UUID]:
    """Return the fan rows of a person."""
    return [row[0] for row in await unit.connection.fetch(RESTRAINT["person"].sql, fan_id)]
