"""What fans put under messages: kept and shown to people; no turn is caused by it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from storage.queries import Queries
from storage.unit import Unit

REACTIONS = Queries("reactions")


class Reaction(Struct, frozen=True):
    """All that a fan has put under one message; `message_id` is ours for it, where it is known."""

    message_id: UUID | None
    platform_message_id: str
    emoji: tuple[str, ...]
    at: datetime


async def list_reactions(unit: Unit, conversation_id: UUID) -> list[Reaction]:
    """Return what stands in a conversation now, oldest first."""
    return await REACTIONS["of_conversation"].all(unit, Reaction, conversation_id)
