"""The outbox: one row per send, claimed before the call and settled after it.

`sent`, `not_sent` and `unknown` are ends; `unknown` is never repeated by itself, unless the platform takes repeats under
one key. Order within a conversation is kept: nothing leaves while an earlier delivery is open. Claiming and settling are one
round trip each: their functions (migration 0006) set the agency themselves, so `Database.statement` is enough for them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import OutcomeUnknown, Refused
from core.nouns import Conversation
from core.outbound import Part, Sent
from storage.conversations import held_by_another
from storage.queries import Queries
from storage.unit import Unit

DELIVERIES = Queries("deliveries")
CONVERSATIONS = Queries("conversations")
STUCK_S = 150.0  # longer than any adapter waits for an answer; a test compares
WAITING_FOR_A_PERSON = ["CredentialExpired", "Misconfigured"]


class Claimed(Struct, frozen=True):
    """A delivery that this worker, and nobody else, sends now. `silent_s`: seconds since the fan last wrote."""

    id: UUID
    conversation_id: UUID
    message_id: UUID
    turn_id: UUID | None
    part: Any
    attempts: int
    correlation_id: str
    account_id: UUID
    chat: str
    reachable: bool
    silent_s: float | None = None

    def decode(self) -> Part:
        """Return what is to be sent."""
        part: Part = msgspec.convert(self.part, Part)
        return part


class Step(Struct, frozen=True):
    """What a look into a conversation's outbox found.

    `status` is none, empty, wait (`wait_s`; the part comes `pause_s` after the one before), held (its account, `wait_s`), busy
    (`claimed_by` sends it since `age_s`), careful (`offers` to look at first), ready or claimed. `echoes`: some wait.
    """

    status: str
    wait_s: float | None
    pause_s: float | None
    account_id: UUID | None
    chat: str | None
    echoes: bool | None
    id: UUID | None
    conversation_id: UUID | None
    message_id: UUID | None
    turn_id: UUID | None
    part: Any
    attempts: int | None
    correlation_id: str | None
    reachable: bool | None
    silent_s: float | None
    age_s: float | None
    claimed_by: str | None
    offers: list[UUID] | None

    def claimed(self) -> Claimed:
        """Return the delivery that was claimed, or that is leaving."""
        return msgspec.convert(self, Claimed, from_attributes=True)


class Result(Struct, frozen=True):
    """What became of a send: sent, retry, held, not_sent, unreachable or unknown.

    A retry comes after `after_s` seconds; `counted` says whether the attempt was one; `error` is the leaf of the error tree.
    """

    outcome: str
    sent: Sent = Sent(())
    after_s: float = 0.0
    counted: bool = True
    error: Exception | None = None


class Rest(Struct, frozen=True):
    """What is open in the conversation now: seconds until it may leave (none: nothing), and whether echoes wait."""

    changed: bool
    wait_s: float | None
    echoes: bool | None


class DeliveryRow(Struct, frozen=True):
    """A delivery as a person sees it."""

    id: UUID
    conversation_id: UUID
    message_id: UUID
    state: str
    attempts: int
    error_class: str | None
    error: str | None
    created_at: datetime
    text: str
    kind: str


async def look(unit: Unit, conversation_id: UUID, quiet_s: float | None = None) -> Step:
    """Say what could leave now; what belongs to a former owner is dropped first."""
    return await DELIVERIES["claim"].one(unit, Step, unit.agency_id, conversation_id, None, quiet_s, False)


async def claim(unit: Unit, conversation_id: UUID, worker: str, quiet_s: float | None = None, *, careful: bool = False) -> Step:
    """Claim the first open delivery of a conversation, if it may leave now.

    `quiet_s`: seconds until the quiet hours end, so long an agent's reply sleeps; `careful`: do not claim a part of a reply
    that makes offers, but name them.
    """
    return await DELIVERIES["claim"].one(unit, Step, unit.agency_id, conversation_id, worker, quiet_s, careful)


async def claim_next(unit: Unit, conversation_id: UUID, worker: str) -> Claimed | None:
    """Claim the first open delivery of a conversation, or nothing."""
    step = await claim(unit, conversation_id, worker)
    return step.claimed() if step.status == "claimed" else None


async def is_in_doubt(unit: Unit, delivery_id: UUID) -> bool:
    """Say whether an earlier try of a delivery that is repeated now may have arrived."""
    return bool(await DELIVERIES["in_doubt"].value(unit, delivery_id))


async def settle(unit: Unit, delivery_id: UUID, result: Result, attempt: int | None = None) -> Rest:
    """Say what became of a delivery; only the claim of this `attempt` (none: any) is given up, a `sent` always counts."""
    return await DELIVERIES["settle"].one(
        unit,
        Rest,
        unit.agency_id,
        delivery_id,
        result.outcome,
        attempt,
        list(result.sent.platform_ids),
        result.after_s,
        result.counted,
        None if result.error is None else type(result.error).__name__,
        None if result.error is None else str(result.error),
    )


async def settle_sent(unit: Unit, delivery_id: UUID, _message_id: UUID, sent: Sent) -> Rest:
    """The platform took it, under its own ids."""
    return await settle(unit, delivery_id, Result("sent", sent))


async def settle_unknown(unit: Unit, delivery_id: UUID, why: str) -> Rest:
    """It may have left; a person decides, and the rest of the same reply stops."""
    return await settle(unit, delivery_id, Result("unknown", error=OutcomeUnknown(why)))


async def known_ids(unit: Unit, conversation_id: UUID, platform_ids: list[str]) -> set[str]:
    """Return those of a platform's ids that stand on a message of ours already."""
    return {row.platform_message_id for row in await DELIVERIES["known_ids"].all(unit, _Known, conversation_id, platform_ids)}


async def list_deliveries(
    unit: Unit, states: list[str], limit: int = 100, *, with_held: bool = False, before: UUID | None = None
) -> list[DeliveryRow]:
    """Return deliveries in the given states, newest first, older than `before`; `with_held`: and what an account holds."""
    return await DELIVERIES["list"].all(unit, DeliveryRow, states, limit, with_held, WAITING_FOR_A_PERSON, before)


async def resolve(unit: Unit, delivery_id: UUID, outcome: str, operator: str) -> DeliveryRow:
    """Let a person settle an `unknown` or `not_sent` delivery: `sent`, `not_sent` or `again`. Raises `NotFound`, `Refused`.

    Whoever does so may let words leave, so nobody does it in a conversation that another operator holds.
    """
    found = await DELIVERIES["load"].one(unit, DeliveryRow, delivery_id)
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, found.conversation_id)
    if held_by_another(conversation, operator):
        raise Refused(f"The conversation is in the hands of {conversation.owner_name}.")
    row = await DELIVERIES["load"].one(unit, DeliveryRow, delivery_id)
    if row.state not in ("unknown", "not_sent"):
        raise Refused(f"The delivery is {row.state}; only unknown or not_sent ones can be resolved.")
    if outcome == "sent":
        if row.state != "unknown":
            raise Refused("The delivery surely was not sent; it can only be sent again.")
        await DELIVERIES["sent"].run(unit, delivery_id)
        await DELIVERIES["resume_rest"].run(unit, delivery_id)
    elif outcome == "again":
        if await DELIVERIES["again"].run(unit, delivery_id) == 0:
            raise Refused("The conversation has changed hands since; write to the fan anew.")
        await DELIVERIES["resume_rest"].run(unit, delivery_id)
    elif outcome == "not_sent":
        await DELIVERIES["not_sent"].run(unit, delivery_id, "Person", "a person saw that it did not arrive")
        await DELIVERIES["drop_rest"].run(unit, delivery_id)
    else:
        raise Refused(f"{outcome!r} is not sent, not_sent or again.")
    return await DELIVERIES["load"].one(unit, DeliveryRow, delivery_id)


class _Known(Struct, frozen=True):
    platform_message_id: str
