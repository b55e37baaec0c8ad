"""Checkouts: payments that a platform lets go on only when we say so, within seconds."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from storage.conversations import lock_conversation
from storage.queries import Queries
from storage.unit import Unit

CHECKOUTS = Queries("checkouts")
PATIENCE_S = 10.0  # what the platform that asks for the quickest answer waits
PAYING_S = 60.0
"""How long a payment that was let go on may take to arrive; until then it counts as spent, and its packs are not paid twice."""


class Checkout(Struct, frozen=True):
    """A payment that asks, beside what was offered: nothing of it where the payload names no offer.

    `own`: it was offered to the fan who pays; `being_paid`: another payment for it was let go on a moment ago.
    """

    id: UUID
    account_id: UUID
    query_key: str
    amount: int
    unit: str
    offer_id: UUID | None
    own: bool | None
    offered_amount: int | None
    offered_unit: str | None
    being_paid: bool


class Decision(Struct, frozen=True):
    """What is answered: yes, or no with the reason that the fan reads."""

    accepted: bool
    reason: str | None


async def open_checkouts(unit: Unit, conversation_id: UUID) -> list[UUID]:
    """Return the payments of a conversation that can still be answered in time, which nobody else decides about meanwhile."""
    await lock_conversation(unit, conversation_id)  # two payments for one offer must not both be let go on
    return [row.id for row in await CHECKOUTS["open"].all(unit, _Id, conversation_id, PATIENCE_S)]


async def load_checkout(unit: Unit, checkout_id: UUID) -> Checkout:
    """Return one payment as it asks, seen after what was decided before it. Raises `NotFound`.

    The next one of this person waits until the transaction ends, whichever of their chats it is asked in.
    """
    await CHECKOUTS["hold"].run(unit, checkout_id)
    return await CHECKOUTS["load"].one(unit, Checkout, checkout_id, PAYING_S)


async def hold_unlock(unit: Unit, offer_id: UUID) -> None:
    """Wait until no other payment of the person with this offer is being decided; held until the transaction ends."""
    await CHECKOUTS["hold"].run(unit, offer_id)


async def note_unlock(unit: Unit, offer_id: UUID) -> None:
    """Write down that an offer is let be opened without money: until that has happened it counts as a payment on its way."""
    await CHECKOUTS["note_unlock"].run(unit, offer_id, new_id())


async def decide(unit: Unit, checkout_id: UUID, reason: str | None) -> Decision:
    """Write down what is going to be answered, yes without a `reason`; what was decided before stands."""
    return await CHECKOUTS["decide"].one(unit, Decision, checkout_id, reason is None, reason)


async def settle_answered(unit: Unit, checkout_id: UUID, decision: Decision, too_late: str | None = None) -> None:
    """The platform has the answer; or takes none any more, which is no yes where nobody's was taken: it takes but one."""
    if too_late is None:
        await CHECKOUTS["answered"].run(unit, checkout_id, decision.accepted, decision.reason, True)
    else:
        await CHECKOUTS["answered"].run(unit, checkout_id, False, too_late, False)


class _Id(Struct, frozen=True):
    id: UUID
