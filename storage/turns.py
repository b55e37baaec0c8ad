"""The turn ledger: what a thinking is given, and one transaction that makes its outcome true."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct, structs

from core.errors import LeaseLost
from core.ids import new_id
from core.nouns import FLURRY, Account, Conversation, Fan, Influencer, Lease, Message, Pace, TurnInput
from core.outbound import FilesPart, PackPart, Part, PicturePart, TextPart
from core.platform_policy import STRICTEST, PlatformPolicy
from core.turns import DEFERRED, Effect, FlagMinor, HandToOperator, Hold, NoteDisclosure, OptOut, Outcome, Send
from storage import effects
from storage.database import Database
from storage.effects import EffectContext, EffectHandlers
from storage.leases import Reading, refuse
from storage.links import look_up_code
from storage.marks import Marks
from storage.pacing import Splitter, paced_split, pauses
from storage.personas import load_version
from storage.queries import Queries
from storage.seal import Seal
from storage.unit import Unit

TURNS = Queries("turns")
WINDOW = 72  # at most, while there is no summary yet; else what was said after it, so that the window moves in steps
LARGEST_BURST = 200
MOST_KNOWN = 1024
ANSWERED = "MU001"  # what `write_turn` raises when a message of the burst has an answer already
UNPACED = Pace()
URGENT = (NoteDisclosure, OptOut, FlagMinor, HandToOperator)  # a reply that goes with these leaves in quiet hours too


class TurnRecord(Struct, frozen=True):
    """What is kept of a turn; `trace` is `core.turns.Trace` as JSON, `persona_version` the number of the version that spoke."""

    id: UUID
    conversation_id: UUID
    verdict: str
    reason: str | None
    brain: str
    trace: dict[str, Any]
    correlation_id: str
    committed_at: datetime
    persona_version_id: UUID
    persona_version: int


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
    before: int
    summary: str = ""
    regions: tuple[str, ...] = ()
    noticed_s: float | None = None
    only_local: bool = False


GATHERED = msgspec.json.Decoder(_Gathered)


class Reader:
    """Reads turns, and remembers who speaks: a version of a persona never changes, and is long."""

    def __init__(self, seal: Seal, marks: Marks | None = None) -> None:
        """Open secrets with this seal, and look link codes up by these marks; without, no code is worth anything."""
        self._seal = seal
        self._marks = marks
        self._influencers: dict[UUID, Influencer] = {}

    async def gather(self, unit: Unit, lease: Lease) -> tuple[TurnInput, float] | None:
        """Read all that a thinking needs, and in how many seconds it is due; nothing when no message waits.

        Then the lease is given back. Raises `Misconfigured` for secrets that this key does not open.
        """
        found = GATHERED.decode(await TURNS["gather"].value(unit, lease.conversation_id, WINDOW, FLURRY))
        if not found.burst:
            await TURNS["rest"].value(unit, lease.conversation_id, lease.fence)
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
            before=found.before,
            link_try=await look_up_code(unit, self._marks, lease.conversation_id, burst) if self._marks else None,
            summary=found.summary,
            regions=found.regions,
            noticed_s=found.noticed_s,
            only_local=found.only_local,
        )
        return turn, max(0.0, found.wait_s or 0.0)

    async def _influencer(self, unit: Unit, found: _Gathered) -> Influencer:
        known = self._influencers.get(found.persona_version_id)
        if known is None:
            if len(self._influencers) >= MOST_KNOWN:
                self._influencers.clear()
            known = await load_version(unit, found.persona_version_id)
            self._influencers[known.persona_version_id] = known
        return known


def first_alone(burst: tuple[_Said, ...]) -> tuple[_Said, ...]:
    """Return the first message alone, with the other parts of its album."""
    first = burst[0]
    return tuple(m for m in burst if m.id == first.id or (first.group_key is not None and m.group_key == first.group_key))


class Committing(Struct, frozen=True):
    """How a turn becomes true: effects by their handlers, a reply cut by `split`, what waits due again after `quiet_s`.

    `policy`: what the platform allows. `final`: it was thought anew often enough, and nothing makes it stale any more.
    """

    handlers: EffectHandlers
    split: Splitter
    now: datetime
    quiet_s: float
    final: bool = False
    policy: PlatformPolicy = STRICTEST


def reading_of(turn: TurnInput, *, final: bool = False) -> Reading:
    """Return what an attempt at this turn answers."""
    overlap = turn.account.pace.overlap
    cut = overlap == "enqueue" or len(turn.burst) >= LARGEST_BURST
    burst = [message.id for message in turn.burst]
    return Reading(turn.lease, burst, turn.revision, interrupts=overlap == "interrupt", cut=cut, final=final)


async def commit(database: Database, turn: TurnInput, outcome: Outcome, how: Committing) -> bool:
    """Make a turn true: record, effects, messages, deliveries or draft, and the answered marks; end the lease.

    Returns whether messages wait again. Raises `LeaseLost`, `EffectRefused`, `Unavailable`, and `Stale` when the fan went on
    before the turn was due; then nothing of it is true (after `Unavailable` it may be).
    """
    agency, plan = turn.lease.agency_id, _plan(turn, outcome, how)
    sent = isinstance(outcome.verdict, Send)
    now_true = tuple(e for e in outcome.effects if sent or not isinstance(e, DEFERRED))
    try:
        if not now_true:
            async with database.statement(agency) as unit:
                state = await TURNS["commit"].value(unit, agency, plan)
            refuse(state)
            return bool(state == "waiting")
        async with database.unit(agency) as unit:
            refuse(await TURNS["open"].value(unit, plan))
            context = EffectContext(turn.account, turn.conversation, turn.lease.turn_id, how.policy)
            await effects.apply(unit, context, now_true, how.handlers)
            return bool(await TURNS["write"].value(unit, plan))
    except asyncpg.PostgresError as error:
        if error.sqlstate == ANSWERED:
            raise LeaseLost("A message of this turn was answered by another.") from error
        raise


def _plan(turn: TurnInput, outcome: Outcome, how: Committing) -> dict[str, Any]:
    """Write what the turn ends in as the plan that `write_turn` reads."""
    verdict, reading = outcome.verdict, reading_of(turn, final=how.final)
    parts, daily, draft = _spoken(turn, outcome, how), False, None
    if isinstance(verdict, Hold):
        deferred = [e for e in outcome.effects if isinstance(e, DEFERRED)]
        draft = {"id": new_id(), "parts": msgspec.to_builtins(verdict.parts), "effects": msgspec.to_builtins(deferred)}
        daily = verdict.notice is None or not verdict.notice
    return {
        "conversation_id": turn.conversation.id,
        "turn_id": turn.lease.turn_id,
        "fence": turn.lease.fence,
        "burst": reading.burst,
        "revision": reading.revision,
        "interrupts": reading.interrupts,
        "cut": reading.cut,
        "final": reading.final,
        "ignores": turn.account.pace.overlap == "ignore",
        "persona_version_id": turn.influencer.persona_version_id,
        "verdict": type(verdict).__struct_config__.tag,
        "reason": None if isinstance(verdict, Send) else verdict.reason,
        "brain": outcome.trace.brain,
        "trace": outcome.trace,
        "correlation_id": turn.correlation_id,
        "said_at": how.now,
        "quiet_s": how.quiet_s,
        "daily": daily and bool(parts),
        "parts": parts,
        "draft": draft,
    }


def _spoken(turn: TurnInput, outcome: Outcome, how: Committing) -> list[dict[str, Any]]:
    verdict = outcome.verdict
    if isinstance(verdict, Send):
        spent_s = (how.now - turn.burst[-1].sent_at).total_seconds()
        urgent = any(_is_urgent(effect) for effect in outcome.effects)
        return plan_parts(verdict.parts, "agent", how.split, turn.account.pace, spent_s, any_hour=urgent)
    words = (verdict.notice or verdict.waiting) if isinstance(verdict, Hold) else None
    return plan_parts((TextPart(words),), "system", how.split) if words else []


def _is_urgent(effect: Effect) -> bool:
    """Whether a reply may not wait for the morning; a reminder of the AI notice goes with the reply it stands before."""
    again = isinstance(effect, NoteDisclosure) and effect.occasion == "again"
    return isinstance(effect, URGENT) and not again


class Speech(Struct, frozen=True):
    """What all messages of a person's words share: whose they are (`operator`; none: the agent's, approved) and when."""

    conversation_id: UUID
    turn_id: UUID | None
    correlation_id: str
    now: datetime
    operator: str | None = None


async def enqueue_parts(unit: Unit, speech: Speech, parts: tuple[Part, ...], author: str, split: Splitter) -> list[UUID]:
    """Write a message and a pending delivery for each piece, under the conversation's present hands; return the messages."""
    plan = plan_parts(parts, author, split)
    where = (speech.conversation_id, speech.turn_id, speech.correlation_id, speech.now)
    await TURNS["say"].run(unit, *where, speech.operator, plan)
    return [piece["message_id"] for piece in plan]


def plan_parts(
    parts: tuple[Part, ...], author: str, split: Splitter, pace: Pace = UNPACED, spent_s: float = 0.0, *, any_hour: bool = False
) -> list[dict[str, Any]]:
    """Cut parts into pieces as `say_parts` reads them, with their pauses in seconds.

    `pace`: typed as a person would, of which `spent_s` seconds have passed since the fan wrote. `any_hour`: leaves in quiet
    hours too.
    """
    pieces = [_without_nul(piece) for part in parts for piece in paced_split(split, pace)(part)]
    planned = []
    for number, (piece, pause_s) in enumerate(zip(pieces, pauses(pieces, pace, spent_s), strict=True)):
        kind, text, meta = _describe(piece, author)
        planned.append(
            {
                "message_id": new_id(),
                "delivery_id": new_id(),
                "author": author,
                "kind": kind,
                "text": text,
                "meta": meta,
                "part": msgspec.to_builtins(piece),
                "wait_s": pause_s if number == 0 else 0.0,
                "pause_s": pause_s,
                "any_hour": any_hour,
            }
        )
    return planned


def _without_nul(part: Part) -> Part:
    return TextPart(part.text.replace("\x00", "")) if isinstance(part, TextPart) else part  # Postgres keeps no NUL


def _describe(part: Part, author: str) -> tuple[str, str, dict[str, Any]]:
    if isinstance(part, PackPart):
        meta = {"offer_id": part.offer_id, "pack_id": part.pack_id, "title": part.title, "price": str(part.price)}
        return "pack", part.caption, {**meta, "old_price": str(part.old_price)} if part.old_price else meta
    if isinstance(part, PicturePart):
        asset = part.item
        meta = {
            "job_id": part.job_id,
            "asset_id": asset.asset_id,
            "width": asset.width,
            "height": asset.height,
            "alt": part.alt,
        }
        return "media", part.caption, meta
    if isinstance(part, FilesPart):
        return "media", f"The pictures of “{part.title}”", {"purchase_id": part.purchase_id, "pictures": len(part.items)}
    return ("notice" if author == "system" else "text"), part.text, {}


async def latest_turn(unit: Unit, conversation_id: UUID) -> TurnRecord | None:
    """Return the record of a conversation's latest turn."""
    return await TURNS["latest"].first(unit, TurnRecord, conversation_id)
