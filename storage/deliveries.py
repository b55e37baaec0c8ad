"""The outbox: one row per send, claimed before the call and settled after it.

`sent`, `not_sent` and `unknown` are ends; `unknown` is never repeated by itself, unless the platform takes repeats under
one key. Order within a conversation is kept: nothing leaves while an earlier delivery is open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import Refused
from core.outbound import Part, Sent
from storage.queries import Queries
from storage.unit import Unit

DELIVERIES = Queries("deliveries")
MESSAGES = Queries("messages")
STUCK_S = 150.0  # longer than any adapter waits for an answer; a test compares


class Claimed(Struct, frozen=True):
    """A delivery that this worker, and nobody else, sends now."""

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

    def decode(self) -> Part:
        """Return what is to be sent."""
        part: Part = msgspec.convert(self.part, Part)
        return part


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


class Stuck(Struct, frozen=True):
    """A delivery whose sender died between the call and its outcome."""

    id: UUID
    account_id: UUID
    attempts: int


async def claim_next(unit: Unit, conversation_id: UUID, worker: str) -> Claimed | None:
    """Take the first open delivery of a conversation; what belongs to a former owner is dropped first."""
    await DELIVERIES["drop_stale"].run(unit, conversation_id)
    return await DELIVERIES["claim"].first(unit, Claimed, conversation_id, worker)


async def seconds_until_open(unit: Unit, conversation_id: UUID) -> float | None:
    """Return how long until the next delivery may leave; nothing when none is pending."""
    found = await DELIVERIES["wait"].value(unit, conversation_id)
    return None if found is None else max(0.0, float(found))


async def settle_sent(unit: Unit, delivery_id: UUID, message_id: UUID, sent: Sent) -> None:
    """The platform took it, under its own ids."""
    await DELIVERIES["sent"].run(unit, delivery_id, list(sent.platform_ids))
    await DELIVERIES["resume_rest"].run(unit, delivery_id)  # it may have been given up as unknown meanwhile
    if sent.platform_ids:
        await MESSAGES["set_platform_id"].run(unit, message_id, sent.platform_ids[0])


async def settle_retry(unit: Unit, delivery_id: UUID, after_s: float, error: Exception) -> None:
    """It surely did not leave; it is tried again after some seconds."""
    await DELIVERIES["retry"].run(unit, delivery_id, after_s, type(error).__name__, str(error))


async def settle_not_sent(unit: Unit, delivery_id: UUID, error: Exception) -> None:
    """It surely did not leave and will not; the rest of the same reply stops."""
    await DELIVERIES["not_sent"].run(unit, delivery_id, type(error).__name__, str(error))
    await DELIVERIES["stop_rest"].run(unit, delivery_id)


async def settle_unknown(unit: Unit, delivery_id: UUID, why: str) -> None:
    """It may have left; a person decides, and the rest of the same reply stops."""
    await DELIVERIES["unknown"].run(unit, delivery_id, why)
    await DELIVERIES["stop_rest"].run(unit, delivery_id)


async def mark_unreachable(unit: Unit, conversation_id: UUID) -> None:
    """Remember that the fan cannot be reached, until they write again."""
    await DELIVERIES["mark_unreachable"].run(unit, conversation_id)


async def offers_beside(unit: Unit, delivery_id: UUID) -> list[UUID]:
    """Return the offers that the same reply makes: no word of it leaves unless they all stand."""
    return [row.id for row in await DELIVERIES["offers"].all(unit, _Id, delivery_id)]


async def find_stuck(unit: Unit, conversation_id: UUID, older_than_s: float) -> list[Stuck]:
    """Return sends of a conversation that have hung for longer than any call takes."""
    return await DELIVERIES["stuck"].all(unit, Stuck, conversation_id, older_than_s)


async def list_deliveries(unit: Unit, states: list[str], limit: int = 100) -> list[DeliveryRow]:
    """Return deliveries in the given states, newest first."""
    return await DELIVERIES["list"].all(unit, DeliveryRow, states, limit)


async def resolve(unit: Unit, delivery_id: UUID, outcome: str) -> DeliveryRow:
    """Let a person settle an `unknown` or `not_sent` delivery: `sent`, `not_sent` or `again`. Raises `NotFound`, `Refused`."""
    row = await DELIVERIES["load"].one(unit, DeliveryRow, delivery_id)
    if row.state not in ("unknown", "not_sent"):
        raise Refused(f"The delivery is {row.state}; only unknown or not_sent ones can be resolved.")
    if outcome == "sent":
        if row.state != "unknown":
            raise Refused("The delivery surely was not sent; it can only be sent again.")
        await DELIVERIES["sent"].run(unit, delivery_id, [])
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


class _Id(Struct, frozen=True):
    id: UUID
