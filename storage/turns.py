"""The turn ledger: a lease to think, and one transaction that makes the outcome true.

Postgres's clock decides who holds a lease. A commit needs the fencing token that the claim gave out; a worker that lost
its lease writes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import LeaseLost
from core.ids import new_id
from core.nouns import Conversation, Lease, Message, TurnInput
from core.outbound import FilesPart, PackPart, Part, TextPart
from core.turns import DEFERRED, Hold, Outcome, Send, Verdict
from storage import effects
from storage.accounts import load_influencer, open_account
from storage.conversations import load_conversation
from storage.effects import EffectContext, EffectHandlers
from storage.fans import load_fan
from storage.queries import Queries
from storage.seal import Seal
from storage.unit import Unit

TURNS = Queries("turns")
MESSAGES = Queries("messages")
DELIVERIES = Queries("deliveries")
DRAFTS = Queries("drafts")
CONVERSATIONS = Queries("conversations")
WINDOW = 24


class Splitter(Protocol):
    """Cuts a part into pieces that fit one send each."""

    def __call__(self, part: Part) -> list[Part]:
        """Return the pieces in order."""
        ...


class TurnRecord(Struct, frozen=True):
    """What is kept of a turn; `trace` is `core.turns.Trace` as JSON."""

    id: UUID
    conversation_id: UUID
    verdict: str
    reason: str | None
    brain: str
    trace: dict[str, Any]
    correlation_id: str
    committed_at: datetime


async def claim(unit: Unit, conversation_id: UUID, worker: str, lease_s: float) -> Lease | None:
    """Lease a due conversation; nothing when it is not due, leased by another or not the agent's."""
    return await TURNS["claim"].first(unit, Lease, conversation_id, worker, lease_s, new_id())


async def seconds_until_due(unit: Unit, conversation_id: UUID) -> float | None:
    """Return how long to wait before a claim can work; nothing when no turn is due at all."""
    found = await TURNS["wait"].value(unit, conversation_id)
    return None if found is None else max(0.0, float(found))


async def gather(unit: Unit, seal: Seal, lease: Lease) -> TurnInput | None:
    """Read all that a thinking needs; nothing when no message waits (then the lease is given back)."""
    burst = await MESSAGES["unanswered"].all(unit, Message, lease.conversation_id)
    if not burst:
        await TURNS["rest"].run(unit, lease.conversation_id, lease.fence)
        return None
    conversation = await load_conversation(unit, lease.conversation_id)
    last_error = await TURNS["last_error"].value(unit, lease.conversation_id)
    return TurnInput(
        last_error=None if last_error is None else str(last_error),
        waiting_for_operator=bool(await DRAFTS["any_case"].value(unit, lease.conversation_id)),
        lease=lease,
        account=await open_account(unit, seal, conversation.account_id),
        influencer=await load_influencer(unit, conversation.influencer_id),
        fan=await load_fan(unit, conversation.id),
        conversation=conversation,
        burst=tuple(burst),
        window=tuple(await MESSAGES["window"].all(unit, Message, lease.conversation_id, WINDOW)),
        correlation_id=str(await MESSAGES["correlation"].value(unit, burst[-1].id)),
    )


async def heartbeat(unit: Unit, lease: Lease, lease_s: float) -> bool:
    """Keep a lease alive; false when it was lost."""
    return await TURNS["heartbeat"].run(unit, lease.conversation_id, lease.fence, lease_s) == 1


async def give_back(unit: Unit, lease: Lease, error: str | None, after_s: float, *, counted: bool = True) -> None:
    """End a lease without a turn; it is tried again. An attempt that is not counted was nobody's fault."""
    await TURNS["give_back"].run(unit, lease.conversation_id, lease.fence, error, after_s, 0 if counted else 1)


async def commit(
    unit: Unit, turn: TurnInput, outcome: Outcome, handlers: EffectHandlers, split: Splitter, now: datetime, quiet_s: float
) -> bool:
    """Make a turn true: record, effects, messages, deliveries or draft, and the answered marks; end the lease.

    Returns whether messages came in meanwhile. Raises `LeaseLost` and `EffectRefused`; then nothing of it is true.
    """
    lease = turn.lease
    if not await TURNS["hold_fence"].value(unit, lease.conversation_id, lease.fence):
        raise LeaseLost("Another worker or a person owns this conversation now.")
    await _add_record(unit, turn, outcome)
    if await MESSAGES["answer"].run(unit, [m.id for m in turn.burst], lease.turn_id) != len(turn.burst):
        raise LeaseLost("A message of this turn was answered by another.")
    context = EffectContext(turn.account, turn.conversation, lease.turn_id)
    sent = isinstance(outcome.verdict, Send)
    now_true = tuple(e for e in outcome.effects if sent or not isinstance(e, DEFERRED))
    await effects.apply(unit, context, now_true, handlers)
    await _speak(unit, turn, outcome, split, now)
    waiting: bool = await TURNS["finish"].value(unit, lease.conversation_id, quiet_s)
    return waiting


async def _add_record(unit: Unit, turn: TurnInput, outcome: Outcome) -> None:
    verdict = outcome.verdict
    await TURNS["add"].run(
        unit,
        turn.lease.turn_id,
        turn.conversation.id,
        turn.influencer.persona_version_id,
        turn.lease.fence,
        type(verdict).__struct_config__.tag,
        None if isinstance(verdict, Send) else verdict.reason,
        outcome.trace.brain,
        msgspec.to_builtins(outcome.trace),
        turn.correlation_id,
    )


async def _speak(unit: Unit, turn: TurnInput, outcome: Outcome, split: Splitter, now: datetime) -> None:
    verdict: Verdict = outcome.verdict
    conversation = await load_conversation(unit, turn.conversation.id)  # an effect may have raised the epoch
    say = Speech(conversation, turn.lease.turn_id, turn.correlation_id, now)
    if isinstance(verdict, Send):
        await enqueue_parts(unit, say, verdict.parts, "agent", split)
    elif isinstance(verdict, Hold):
        deferred = [e for e in outcome.effects if isinstance(e, DEFERRED)]
        await DRAFTS["add"].run(
            unit,
            new_id(),
            conversation.id,
            turn.lease.turn_id,
            verdict.reason,
            msgspec.to_builtins(verdict.parts),
            msgspec.to_builtins(deferred),
        )
        if verdict.notice:
            await enqueue_parts(unit, say, (TextPart(verdict.notice),), "system", split)
        elif verdict.waiting and conversation.waiting_sent_at is None:
            await enqueue_parts(unit, say, (TextPart(verdict.waiting),), "system", split)
            await CONVERSATIONS["mark_waiting"].run(unit, conversation.id)


class Speech(Struct, frozen=True):
    """What all messages of one reply share."""

    conversation: Conversation
    turn_id: UUID | None
    correlation_id: str
    now: datetime


async def enqueue_parts(unit: Unit, speech: Speech, parts: tuple[Part, ...], author: str, split: Splitter) -> None:
    """Write one message and one pending delivery for each piece of a reply, under the conversation's present epoch."""
    for part in parts:
        for piece in split(part):
            message_id = new_id()
            piece = _without_nul(piece)
            kind, text, meta = _describe(piece, author)
            chat = speech.conversation
            await MESSAGES["add"].run(
                unit, message_id, chat.id, author, kind, text, meta, speech.correlation_id, speech.turn_id, speech.now
            )
            builtins = msgspec.to_builtins(piece)
            await DELIVERIES["add"].run(
                unit, new_id(), chat.id, message_id, speech.turn_id, builtins, chat.owner_epoch, speech.correlation_id
            )


def _without_nul(part: Part) -> Part:
    return TextPart(part.text.replace("\x00", "")) if isinstance(part, TextPart) else part  # Postgres keeps no NUL


def _describe(part: Part, author: str) -> tuple[str, str, dict[str, Any]]:
    if isinstance(part, PackPart):
        meta = {"offer_id": part.offer_id, "pack_id": part.pack_id, "title": part.title, "price": str(part.price)}
        return "pack", part.caption, meta
    if isinstance(part, FilesPart):
        return "media", f"The pictures of “{part.title}”", {"purchase_id": part.purchase_id, "pictures": len(part.items)}
    return ("notice" if author == "system" else "text"), part.text, {}


async def latest_turn(unit: Unit, conversation_id: UUID) -> TurnRecord | None:
    """Return the record of a conversation's latest turn."""
    return await TURNS["latest"].first(unit, TurnRecord, conversation_id)
