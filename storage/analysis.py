"""What an analyst reads after a turn, and the mark that it was read."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from core.nouns import Message
from storage.facts import Whose
from storage.queries import Queries
from storage.unit import Unit

ANALYSIS = Queries("analysis")


class Said(Struct, frozen=True):
    """A fan's messages that one turn answered."""

    conversation_id: UUID
    whose: Whose
    messages: tuple[Message, ...]


class _Row(Struct, frozen=True):
    conversation_id: UUID
    fan_id: UUID
    influencer_id: UUID
    messages: str


class _Id(Struct, frozen=True):
    id: UUID


async def load_said(unit: Unit, turn_id: UUID) -> Said | None:
    """Return what the fan said, unless it was read before, or nothing may be kept of them."""
    row = await ANALYSIS["said"].first(unit, _Row, turn_id)
    if row is None:
        return None
    messages = msgspec.json.decode(row.messages, type=tuple[Message, ...])
    return Said(row.conversation_id, Whose(row.fan_id, row.influencer_id), messages)


async def mark_analysed(unit: Unit, turn_id: UUID) -> bool:
    """Note that a turn was read; false when somebody else did so first."""
    return bool(await ANALYSIS["mark"].run(unit, turn_id))


async def still_said(unit: Unit, messages: Sequence[Message]) -> set[UUID]:
    """Return which messages still say what was read: none that was edited, taken back or forgotten meanwhile."""
    ids, texts = [message.id for message in messages], [message.text for message in messages]
    return {row.id for row in await ANALYSIS["unchanged"].all(unit, _Id, ids, texts)}


async def list_overdue(unit: Unit) -> list[UUID]:
    """Return turns of the last hour that an analyst should have read by now: a wake-up was lost, or the model was away."""
    return [row.id for row in await ANALYSIS["overdue"].all(unit, _Id)]
