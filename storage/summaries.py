"""Rolling summaries: what went before a conversation's window, and what is still to be summarised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.nouns import Message
from storage.queries import Queries
from storage.unit import Unit

SUMMARIES = Queries("summaries")


class Summary(Struct, frozen=True):
    """What was said in a conversation, up to and with one message; `made_by` is `extract`, or the model's name."""

    id: UUID
    conversation_id: UUID
    text: str
    upto_message_id: UUID
    made_by: str
    made_at: datetime


async def latest_summary(unit: Unit, conversation_id: UUID) -> Summary | None:
    """Return the newest summary of a conversation."""
    return await SUMMARIES["latest"].first(unit, Summary, conversation_id)


async def list_unsummarised(unit: Unit, conversation_id: UUID, after: UUID | None, limit: int) -> list[Message]:
    """Return what was said after a message and is answered, up to the first that is not, oldest first."""
    return await SUMMARIES["unsummarised"].all(unit, Message, conversation_id, after, limit)


async def add_summary(unit: Unit, conversation_id: UUID, text: str, told: Sequence[Message], made_by: str) -> bool:
    """Write a summary up to the last of the messages it newly tells of.

    Returns false, and writes nothing, when another reaches as far or one of the messages is no longer what was read.
    """
    ids, texts = [message.id for message in told], [message.text for message in told]
    await SUMMARIES["lock"].run(unit, str(conversation_id))
    return bool(await SUMMARIES["add"].run(unit, new_id(), conversation_id, text, told[-1].id, made_by, ids, texts))
