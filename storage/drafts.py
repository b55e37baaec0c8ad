"""Drafts: replies that wait for a person, and what the person makes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import BadInput, Refused
from core.ids import new_id
from core.nouns import Account, Conversation
from core.outbound import Part, TextPart
from core.platform_policy import STRICTEST, PlatformPolicy
from core.turns import AskOperator, Effect
from storage import effects
from storage.conversations import held_by_another
from storage.effects import EffectContext, EffectHandlers
from storage.pacing import Splitter
from storage.queries import Queries
from storage.turns import Speech, enqueue_parts
from storage.unit import Unit

DRAFTS = Queries("drafts")
CONVERSATIONS = Queries("conversations")
MESSAGES = Queries("messages")


class Draft(Struct, frozen=True):
    """A held reply; `parts` and `effects` as JSON."""

    id: UUID
    conversation_id: UUID
    turn_id: UUID
    reason: str
    parts: list[dict[str, Any]]
    effects: list[dict[str, Any]]
    state: str
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime

    def decode_parts(self) -> tuple[Part, ...]:
        """Return the parts of the reply."""
        return msgspec.convert(self.parts, tuple[Part, ...])

    def decode_effects(self) -> tuple[Effect, ...]:
        """Return the effects that become true with the reply."""
        return msgspec.convert(self.effects, tuple[Effect, ...])


async def held_drafts(unit: Unit, conversation_id: UUID) -> list[Draft]:
    """Return the drafts of a conversation that wait, oldest first."""
    return await DRAFTS["held"].all(unit, Draft, conversation_id)


async def load_draft(unit: Unit, draft_id: UUID) -> Draft:
    """Return one draft. Raises `NotFound`."""
    return await DRAFTS["load"].one(unit, Draft, draft_id)


class Desk(Struct, frozen=True):
    """Who decides about a draft, where and when."""

    operator: str
    account: Account
    split: Splitter
    handlers: EffectHandlers
    now: datetime
    correlation_id: str
    policy: PlatformPolicy = STRICTEST


async def approve(unit: Unit, draft_id: UUID, desk: Desk, text: str | None = None) -> Draft:
    """Send a held reply, its words replaced by `text` if given; its effects are checked again and become true.

    Raises `NotFound`, `Refused` when it is decided already, somebody else holds the conversation or there is nothing
    to send, and `EffectRefused` when an effect does not stand any more; then nothing changes.
    """
    draft = await _open(unit, draft_id)
    conversation = await _hold(unit, draft, desk.operator)
    parts = draft.decode_parts()
    if text is not None:
        parts = (TextPart(_words(text)), *(p for p in parts if not isinstance(p, TextPart)))
    if not parts:
        raise Refused("The draft has no text; write one with `edit`.")
    context = EffectContext(desk.account, conversation, draft.turn_id, desk.policy)
    await effects.apply(unit, context, draft.decode_effects(), desk.handlers)
    author = "agent" if text is None else "operator"
    speech = Speech(conversation.id, draft.turn_id, desk.correlation_id, desk.now, operator=desk.operator)
    await enqueue_parts(unit, speech, parts, author, desk.split)
    return await _decide(unit, draft, "approved" if text is None else "edited", desk.operator, parts)


async def reject(unit: Unit, draft_id: UUID, operator: str) -> Draft:
    """Throw a held reply away. Raises `NotFound`, `Refused`."""
    draft = await _open(unit, draft_id)
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, draft.conversation_id)
    if held_by_another(conversation, operator):  # who answers in the platform's own app leaves the draft to anybody
        raise Refused(f"The conversation is in the hands of {conversation.owner_name}.")
    return await _decide(unit, draft, "rejected", operator, draft.decode_parts())


async def write(unit: Unit, conversation_id: UUID, desk: Desk, text: str) -> None:
    """Say something as the operator who holds the conversation. Raises `NotFound`, `Refused`."""
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, conversation_id)
    if conversation.owner != "operator" or conversation.owner_name != desk.operator:
        raise Refused("Take the conversation first; only who holds it may write in it.")
    speech = Speech(conversation.id, None, desk.correlation_id, desk.now, operator=desk.operator)
    await enqueue_parts(unit, speech, (TextPart(_words(text)),), "operator", desk.split)
    await MESSAGES["answer_by_operator"].run(unit, conversation_id)


async def ask_operator(unit: Unit, context: EffectContext, effect: AskOperator) -> None:
    """Make `AskOperator` true: a case without words that waits in the inbox."""
    await DRAFTS["add_case"].run(unit, new_id(), context.conversation.id, context.turn_id, effect.reason)


def _words(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise BadInput("There is nothing to say in that text.")
    return words


async def _open(unit: Unit, draft_id: UUID) -> Draft:
    draft = await DRAFTS["lock"].one(unit, Draft, draft_id)
    if draft.state != "held":
        raise Refused(f"The draft was {draft.state} by {draft.decided_by} already.")
    return draft


async def _hold(unit: Unit, draft: Draft, operator: str) -> Conversation:
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, draft.conversation_id)
    if conversation.owner == "operator" and conversation.owner_name != operator:
        raise Refused(f"The conversation is in the hands of {conversation.owner_name}.")
    return conversation


async def _decide(unit: Unit, draft: Draft, state: str, operator: str, parts: tuple[Part, ...]) -> Draft:
    await DRAFTS["decide"].run(unit, draft.id, state, operator, msgspec.to_builtins(parts))
    return await DRAFTS["load"].one(unit, Draft, draft.id)
