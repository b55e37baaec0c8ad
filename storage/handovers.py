"""Hand-overs: pictures that a fan has paid for and that the platform does not show by itself. They leave once, by the outbox.

A hand-over belongs to its purchase, and is no speech of the agent: who holds the conversation does not matter to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.outbound import FilesPart
from storage.conversations import lock_conversation
from storage.pacing import Splitter
from storage.packs import offer_items
from storage.queries import Queries
from storage.turns import Speech, enqueue_parts
from storage.unit import Unit

HANDOVERS = Queries("handovers")
OPEN = ("pending", "sending")


class HandOver(Struct, frozen=True):
    """What was bought, and how far its pictures are: waiting or leaving."""

    purchase_id: UUID
    conversation_id: UUID
    state: str
    correlation_id: str
    account_id: UUID
    offer_id: UUID
    title: str
    refunded: bool


class _Send(Struct, frozen=True):
    id: UUID
    state: str
    part: Any


async def open_handovers(unit: Unit, conversation_id: UUID) -> list[HandOver]:
    """Return the hand-overs of a conversation that are not over, locked to the end of the transaction."""
    return await HANDOVERS["lock"].all(unit, HandOver, conversation_id)


async def advance(unit: Unit, one: HandOver, split: Splitter, now: datetime) -> bool:
    """Put the pictures into the outbox once, or back into it when a change of hands dropped them; say whether any wait there.

    What was given back before it left is not handed over. What could not be sent is shown to a person, as every delivery is.
    """
    sends = await HANDOVERS["deliveries"].all(unit, _Send, one.conversation_id, str(one.purchase_id))
    if one.refunded and not any(send.state in OPEN for send in sends):
        await HANDOVERS["set_state"].run(unit, one.purchase_id, "withdrawn")
        return False
    if not sends:
        await _enqueue(unit, one, split, now)
        waits = True
    else:
        renewed = sum([await HANDOVERS["renew"].run(unit, send.id) for send in sends if send.state == "dropped"])
        waits = renewed > 0 or any(send.state in OPEN for send in sends)
    await HANDOVERS["set_state"].run(unit, one.purchase_id, "leaving" if waits else "done")
    return waits


async def _enqueue(unit: Unit, one: HandOver, split: Splitter, now: datetime) -> None:
    chat = await lock_conversation(unit, one.conversation_id)
    items = await offer_items(unit, one.offer_id)
    part = FilesPart(one.purchase_id, one.title, items)
    await enqueue_parts(unit, Speech(chat.id, None, one.correlation_id, now), (part,), "system", split)
