"""The turn ledger: what a thinking is given, and one transaction that makes its outcome true."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from core.errors import LeaseLost, Stale
from core.ids import new_id
from core.nouns import FLURRY, Account, Conversation, Fan, Influencer, Lease, Message, Pace, TurnInput
from core.outbound import PackPart, Part, TextPart
from core.turns import DEFERRED, FlagMinor, HandToOperator, Hold, NoteDisclosure, OptOut, Outcome, Send, Verdict
from storage import effects
from storage.accounts import load_influencer
from storage.conversations import load_conversation
from storage.effects import EffectContext, EffectHandlers
from storage.leases import hold
from storage.pacing import Splitter, paced_split, pauses
from storage.queries import Queries
from storage.seal import Seal
from storage.unit import Unit

TURNS = Queries("turns")
MESSAGES = Queries("messages")
DELIVERIES = Queries("deliveries")
DRAFTS = Queries("drafts")
CONVERSATIONS = Queries("conversations")
WINDOW = 24
LARGEST_BURST = 200
MOST_KNOWN = 1024
URGENT = (NoteDisclosure, OptOut, FlagMinor, HandToOperator)  # a reply that goes with these leaves in quiet hours too


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


class _Said(Message, frozen=True):
    group_key: str | None = None
    correlation_id: str = ""


class _Gathered(Struct, frozen=True):
    burst: tuple[_Said, ...]
    window: tuple[Message, ...]
    conversation: Conversation
    account: Account
    sealed: dict[str, bytes]
    fan: Fan
    persona_version_id: UUID
    revision: int
    last_error: str | None
    wait_s: float | None
    waiting_for_operator: bool
    flurry_s: float | None


GATHERED = msgspec.json.Decoder(_Gathered)


class Reader:
    """Reads turns, and remembers who speaks and the secrets of accounts, which change seldom and cost much."""

    def __init__(self, seal: Seal) -> None:
        """Open secrets with this seal."""
        self._seal = seal
        self._influencers: dict[UUID, Influencer] = {}

    async def gather(self, unit: Unit, lease: Lease) -> tuple[TurnInput, float] | None:
        """Read all that a thinking needs, and in how many seconds it is due; nothing when no message waits.

        Then the lease is given back. Raises `Misconfigured` for secrets that this key does not open.
        """
        found = GATHERED.decode(await TURNS["gather"].value(unit, lease.conversation_id, WINDOW, FLURRY))
        if not found.burst:
            await TURNS["rest"].run(unit, lease.conversation_id, lease.fence)
            return None
        burst = first_alone(found.burst) if found.account.pace.overlap == "enqueue" else found.burst
        secrets = {name: self._seal.open(found.account.id, name, sealed) for name, sealed in found.sealed.items()}
        turn = TurnInput(
            lease=lease,
            account=structs.replace(found.account, secrets=secrets),
            influencer=await self._influencer(unit, found),
            fan=found.fan,
            conversation=found.conversation,
            burst=burst,
            window=found.window,
            correlation_id=burst[-1].correlation_id,
            last_error=found.last_error,
            waiting_for_operator=found.waiting_for_operator,
            revision=found.revision,
            flurry_s=found.flurry_s,
        )
        return turn, max(0.0, found.wait_s or 0.0)

    async def _influencer(self, unit: Unit, found: _Gathered) -> Influencer:
        known = self._influencers.get(found.persona_version_id)
        if known is None:
            if len(self._influencers) >= MOST_KNOWN:
                self._influencers.clear()
            known = await load_influencer(unit, found.account.influencer_id)
            self._influencers[known.persona_version_id] = known
        return known


def first_alone(burst: tuple[_Said, ...]) -> tuple[_Said, ...]:
    """Return the first message alone, with the other parts of its album."""
    first = burst[0]
    return tuple(m for m in burst if m.id == first.id or (first.group_key is not None and m.group_key == first.group_key))


def takes_all(turn: TurnInput) -> bool:
    """Whether the burst is all that waits: not one of a queue, and not cut at the largest size."""
    return turn.account.pace.overlap != "enqueue" and len(turn.burst) < LARGEST_BURST


class Committing(Struct, frozen=True):
    """How a turn becomes true: effects by their handlers, a reply cut by `split`, what waits due again after `quiet_s`.

    `interrupts`: also what came after the turn was due makes it stale; `final`: nothing does, it was thought anew often enough.
    """

    handlers: EffectHandlers
    split: Splitter
    now: datetime
    quiet_s: float
    interrupts: bool = False
    final: bool = False


async def commit(unit: Unit, turn: TurnInput, outcome: Outcome, how: Committing) -> bool:
    """Make a turn true: record, effects, messages, deliveries or draft, and the answered marks; end the lease.

    Returns whether messages wait again. Raises `LeaseLost`, `EffectRefused`, and `Stale` when the fan went on before the turn
    was due; then nothing of it is true.
    """
    lease = turn.lease
    standing = await hold(unit, lease)
    if not standing.held:
        raise LeaseLost("Another worker or a person owns this conversation now.")
    if not how.final and standing.outdates(turn, interrupts=how.interrupts, cut=not takes_all(turn)):
        raise Stale
    await _add_record(unit, turn, outcome)
    if await MESSAGES["answer"].run(unit, [m.id for m in turn.burst], lease.turn_id) != len(turn.burst):
        raise LeaseLost("A message of this turn was answered by another.")
    if turn.account.pace.overlap == "ignore" and standing.later:
        await MESSAGES["answer"].run(unit, list(standing.later), lease.turn_id)
    sent = isinstance(outcome.verdict, Send)
    now_true = tuple(e for e in outcome.effects if sent or not isinstance(e, DEFERRED))
    await effects.apply(unit, EffectContext(turn.account, turn.conversation, lease.turn_id), now_true, how.handlers)
    conversation = turn.conversation
    if now_true or standing.owner_epoch != conversation.owner_epoch:  # an effect may have raised the epoch
        conversation = await load_conversation(unit, conversation.id)
    await _speak(unit, turn, outcome, conversation, how)
    waiting: bool = await TURNS["finish"].value(unit, lease.conversation_id, how.quiet_s)
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


async def _speak(unit: Unit, turn: TurnInput, outcome: Outcome, conversation: Conversation, how: Committing) -> None:
    verdict: Verdict = outcome.verdict
    split = how.split
    say = Speech(conversation, turn.lease.turn_id, turn.correlation_id, how.now)
    if isinstance(verdict, Send):
        spent_s = (how.now - turn.burst[-1].sent_at).total_seconds()
        urgent = any(isinstance(effect, URGENT) for effect in outcome.effects)
        reply = structs.replace(say, pace=turn.account.pace, spent_s=spent_s, any_hour=urgent)
        await enqueue_parts(unit, reply, verdict.parts, "agent", split)
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
    """What all messages of one reply share.

    `operator` is who stands behind it, none: the agent or the house. `pace`, for an agent's own reply: typed as a person would,
    of which `spent_s` seconds have passed since the fan wrote. `any_hour`: it leaves in quiet hours too.
    """

    conversation: Conversation
    turn_id: UUID | None
    correlation_id: str
    now: datetime
    operator: str | None = None
    pace: Pace = Pace()
    spent_s: float = 0.0
    any_hour: bool = False

    def voice(self, author: str) -> str:
        """Return whose word it is; the agent's last ones in a conversation that it has handed over are the house's."""
        if self.operator is not None or author == "operator":
            return "operator"
        return "agent" if author == "agent" and self.conversation.owner == "agent" else "house"


async def enqueue_parts(unit: Unit, speech: Speech, parts: tuple[Part, ...], author: str, split: Splitter) -> None:
    """Write one message and one pending delivery for each piece of a reply, under the conversation's present epoch."""
    voice, chat = speech.voice(author), speech.conversation
    pieces = [_without_nul(piece) for part in parts for piece in paced_split(split, speech.pace)(part)]
    for number, (piece, pause_s) in enumerate(zip(pieces, pauses(pieces, speech.pace, speech.spent_s), strict=True)):
        message_id = new_id()
        kind, text, meta = _describe(piece, author)
        await MESSAGES["add"].run(
            unit, message_id, chat.id, author, kind, text, meta, speech.correlation_id, speech.turn_id, speech.now
        )
        await DELIVERIES["add"].run(
            unit,
            new_id(),
            chat.id,
            message_id,
            speech.turn_id,
            msgspec.to_builtins(piece),
            chat.owner_epoch,
            speech.correlation_id,
            voice,
            pause_s if number == 0 else 0.0,
            pause_s,
            speech.operator,
            speech.any_hour or voice != "agent",
        )


def _without_nul(part: Part) -> Part:
    return TextPart(part.text.replace("\x00", "")) if isinstance(part, TextPart) else part  # Postgres keeps no NUL


def _describe(part: Part, author: str) -> tuple[str, str, dict[str, Any]]:
    if isinstance(part, PackPart):
        meta = {"offer_id": part.offer_id, "pack_id": part.pack_id, "title": part.title, "price": str(part.price)}
        return "pack", part.caption, meta
    return ("notice" if author == "system" else "text"), part.text, {}


async def latest_turn(unit: Unit, conversation_id: UUID) -> TurnRecord | None:
    """Return the record of a conversation's latest turn."""
    return await TURNS["latest"].first(unit, TurnRecord, conversation_id)
