"""Tags: what the fan of a conversation was read to want. A trigger writes them from each turn's record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from storage.conversations import InboxRow
from storage.queries import Queries
from storage.unit import Unit

TAGS = Queries("tags")


class Tag(Struct, frozen=True):
    """One thing the fan wanted, in how many turns, and when last."""

    tag: str
    times: int
    last_at: datetime


class TagCount(Struct, frozen=True):
    """A tag and how many conversations have it."""

    tag: str
    conversations: int


async def list_tags(unit: Unit, conversation_id: UUID) -> list[Tag]:
    """Return the tags of a conversation, latest first."""
    return await TAGS["of_conversation"].all(unit, Tag, conversation_id)


async def count_tags(unit: Unit) -> list[TagCount]:
    """Return every tag of the agency, the commonest first."""
    return await TAGS["known"].all(unit, TagCount)


async def list_tagged(unit: Unit, tag: str, waiting_only: bool = False, limit: int = 50) -> list[InboxRow]:
    """Return the conversations that have a tag, those that wait for a person first."""
    return await TAGS["inbox"].all(unit, InboxRow, tag, waiting_only, limit)
