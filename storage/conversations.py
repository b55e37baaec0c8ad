"""Conversations: their rows, their threads, and in whose hands they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import Refused
from core.nouns import Conversation, Message
from storage.effects import EffectContext
from storage.queries import Queries
from storage.unit import Unit

CONVERSATIONS = Queries("conversations")
MESSAGES = Queries("messages")
DELIVERIES = Queries("deliveries")
DRAFTS = Queries("drafts")
FANS = Queries("fans")
IN_APP = "app:"  # before the platform's name: who took over there has no name here


class InboxRow(Struct, frozen=True):
    """One line of the inbox; `tags` are the latest five, `pictures` the first five that wait for a person."""

    id: UUID
    platform: str
    account: str
    influencer: str
    handle: str
    fan: str | None
    owner: str
    owner_name: str | None
    last_message_at: datetime
    attempts: int
    last_error: str | None
    held: int
    unanswered: int
    tags: tuple[str, ...] = ()
    pictures: tuple[UUID, ...] = ()


async def load_conversation(unit: Unit, conversation_id: UUID) -> Conversation:
    """Return one conversation of the agency. Raises `NotFound`."""
    return await CONVERSATIONS["load"].one(unit, Conversation, conversation_id)


async def lock_conversation(unit: Unit, conversation_id: UUID) -> Conversation:
    """Return one conversation, locked to the end of the transaction. Raises `NotFound`."""
    return await CONVERSATIONS["lock"].one(unit, Conversation, conversation_id)


async def conversation_of(unit: Unit, account_id: UUID, handle: str) -> Conversation | None:
    """Return the conversation of a platform handle with an account, if they ever spoke."""
    return await CONVERSATIONS["by_handle"].first(unit, Conversation, account_id, handle)


async def list_inbox(unit: Unit, waiting_only: bool = False, limit: int = 50) -> list[InboxRow]:
    """Return conversations, those that wait for a person first."""
    return await CONVERSATIONS["inbox"].all(unit, InboxRow, waiting_only, limit)


async def read_thread(unit: Unit, conversation_id: UUID, after: UUID | None = None, limit: int = 200) -> list[Message]:
    """Return what was said, oldest first, at most the newest `limit` items after an id."""
    return await MESSAGES["thread"].all(unit, Message, conversation_id, after, limit)


async def take(unit: Unit, conversation_id: UUID, operator: str) -> list[UUID]:
    """Give the conversation to an operator; return the deliveries still leaving. Raises `NotFound`, `Refused`."""
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, conversation_id)
    if held_by_another(conversation, operator):
        raise Refused(f"The conversation is in the hands of {conversation.owner_name}.")
    if conversation.owner != "operator" or conversation.owner_name != operator:
        await CONVERSATIONS["take"].run(unit, conversation_id, operator)
        await DELIVERIES["drop_stale"].run(unit, conversation_id)
    return [row.id for row in await DELIVERIES["leaving"].all(unit, _Id, conversation_id)]


async def hand_back(unit: Unit, conversation_id: UUID, operator: str, *, adult: bool = False) -> None:
    """Let the agent speak again; what the operator wrote still leaves first.

    Whoever took over in the platform's own app cannot hand back here: any operator does it for them. After a pause the agent
    begins with the fan's next message; what an operator left unanswered is answered at once. `adult`: the operator has found
    that a fan who said to be under age is an adult. Raises `NotFound`, `Refused`.
    """
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, conversation_id)
    if held_by_another(conversation, operator):
        raise Refused(f"The conversation is in the hands of {conversation.owner_name}.")
    if conversation.owner == "agent":
        return  # it speaks already, and what it has to send stays its own
    if await DRAFTS["any_held"].value(unit, conversation_id):
        raise Refused("A case waits here: approve, edit or reject its draft first.")
    if adult:
        await FANS["confirm_adult"].run(unit, conversation.fan_id)
    elif await FANS["is_flagged"].value(unit, conversation.fan_id):
        raise Refused("The fan said to be under age. Hand back only if you have found otherwise, with --adult-confirmed.")
    if conversation.owner == "paused":
        await MESSAGES["answer_by_operator"].run(unit, conversation_id)
    await DELIVERIES["carry_over"].run(unit, conversation_id)
    await CONVERSATIONS["hand_back"].run(unit, conversation_id)


def held_by_another(conversation: Conversation, operator: str) -> bool:
    """Say whether another operator holds the conversation; a person in the platform's own app is none of ours."""
    name = conversation.owner_name or ""
    return conversation.owner == "operator" and name != operator and not name.startswith(IN_APP)


async def give_up(unit: Unit, conversation_id: UUID, fence: int) -> None:
    """Pause a conversation whose turn cannot even be read, unless it went on meanwhile; the inbox shows the error."""
    await CONVERSATIONS["give_up"].run(unit, conversation_id, fence)


async def pause(unit: Unit, context: EffectContext, _effect: Any) -> None:
    """Make `HandToOperator` true: nobody speaks until a person hands the conversation back."""
    await CONVERSATIONS["pause"].run(unit, context.conversation.id)
    await DELIVERIES["drop_stale"].run(unit, context.conversation.id)


class _Id(Struct, frozen=True):
    id: UUID


async def stays_local(unit: Unit, conversation_id: UUID) -> bool:
    """Whether what is said goes to no model of others: somebody's own chat, who has not authorised that."""
    return bool(await CONVERSATIONS["stays_local"].value(unit, conversation_id))
