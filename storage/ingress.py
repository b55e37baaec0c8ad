"""The way in: a batch of verified events is written once, whatever account it is for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from core.ids import new_id
from core.inbound import AnyInbound, InboundEdit, InboundMessage, InboundOther, InboundPurchase, InboundReach
from core.nouns import Account
from storage.database import Database
from storage.queries import Queries
from storage.unit import Unit

INGRESS = Queries("ingress")
NUL, NUL_STANDIN = b"\\u0000", "�"  # Postgres keeps no NUL in text
T = TypeVar("T")
Places: TypeAlias = tuple[Any, ...]
"""One event as the places of the `ingest` function's arrays, in its order."""


class Arrival(Struct, frozen=True):
    """One event that an adapter read from `raw`; quiet times in seconds. `event_id`: its row's, where it had one before.

    `mark`: whom it is of, as `storage.marks` makes it; without one, nobody is looked up among the forgotten.
    """

    account: Account
    event: AnyInbound
    raw: bytes
    correlation_id: str
    quiet_s: float
    quiet_max_s: float
    event_id: UUID | None = None
    mark: bytes | None = None


class Ingested(Struct, frozen=True):
    """What became of an arrival. `fresh` is false for a repeat; `wait_s` says when a turn is due, if one is."""

    event_index: int
    agency_id: UUID
    conversation_id: UUID | None
    message_id: UUID | None
    fresh: bool
    wait_s: float | None


class _Written(Struct, frozen=True):
    """The answer of `ingest`: a place an event, the messages that were made, the chats that were woken."""

    fresh: list[bool]
    chats: list[UUID | None]
    messages: list[UUID | None]
    woken: list[UUID] | None
    waits_s: list[float | None] | None


async def ingest(database: Database, arrivals: Sequence[Arrival], patience_s: float = 10.0) -> list[Ingested]:
    """Write a batch in one statement; answers in the batch's order. Raises `Unavailable`; then nothing was acknowledged.

    What was not finished in `patience_s` seconds is called off; it may be stored all the same, and is known when it is
    sent again.
    """
    async with database.statement(patience_s=patience_s) as unit:
        return await write(unit, arrivals)


async def write(unit: Unit, arrivals: Sequence[Arrival]) -> list[Ingested]:
    """Write a batch within a unit of work; answers in the batch's order."""
    places = zip(*map(_places, arrivals), strict=True)
    written = await INGRESS["ingest"].one(unit, _Written, *places, [arrival.mark for arrival in arrivals])
    waits = dict(zip(written.woken or (), written.waits_s or (), strict=True))
    answers = zip(arrivals, written.fresh, written.chats, written.messages, strict=True)
    return [
        Ingested(
            n,
            arrival.account.agency_id,
            chat if fresh else None,
            message,
            fresh,
            waits.get(chat) if chat and message else None,
        )
        for n, (arrival, fresh, chat, message) in enumerate(answers)
    ]


def unreadable(raw: bytes, now: datetime) -> InboundOther:
    """Stand in for a body that its adapter could not read: kept for an operator, once."""
    return InboundOther(event_key=f"unreadable:{hashlib.sha256(raw).hexdigest()}", at=now, kind="unreadable", readable=False)


def _places(arrival: Arrival) -> Places:
    event, written = arrival.event, msgspec.json.encode(arrival.event)
    if NUL in written:
        event = _without_nul(event)
        written = msgspec.json.encode(event)
    if isinstance(event, InboundMessage):
        common = _common(arrival, event, event.kind)
        return (*common, *_sender(event), event.connection_key, None, *_message(event, common[0]))
    if isinstance(event, InboundOther):
        state = "ignored" if event.readable else "unreadable"
        return (*_common(arrival, event, event.kind, state), None, None, None, None, None, *NO_MESSAGE)
    kind = str(event.__struct_config__.tag)
    if isinstance(event, InboundEdit | InboundPurchase | InboundReach):
        rest = _with_ids(written)
        connection = event.connection_key if isinstance(event, InboundEdit) else None
        return (*_common(arrival, event, kind), *_sender(event), connection, rest, *NO_MESSAGE)
    chat_key = getattr(event, "conversation_key", None)
    return (*_common(arrival, event, kind), None, None, chat_key, None, written.decode(), *NO_MESSAGE)


def _common(arrival: Arrival, event: AnyInbound, kind: str, state: str = "taken") -> Places:
    return (
        arrival.event_id or new_id(),
        arrival.account.id,
        event.event_key,
        kind,
        state,
        arrival.raw,
        arrival.correlation_id,
        arrival.quiet_s,
        arrival.quiet_max_s,
    )


def _sender(event: InboundMessage | InboundEdit | InboundPurchase | InboundReach) -> Places:
    return (msgspec.json.encode(event.sender).decode(), event.sender.handle, event.conversation_key)


def _message(event: InboundMessage, event_id: UUID) -> Places:
    return (
        event_id,  # two tables, one id: a message is found beside the event that brought it
        event.message_key,
        event.kind,
        event.text,
        event.group_key,
        event.reply_to,
        event.at,
        _media(event) if event.media else None,
    )


NO_MESSAGE: Places = (None,) * 8


def _media(event: InboundMessage) -> str:
    return msgspec.json.encode([{**msgspec.to_builtins(media), "id": new_id()} for media in event.media]).decode()


def _with_ids(written: bytes) -> str:
    """Give an event the ids that a message or a purchase of it may need."""
    return msgspec.json.encode({**msgspec.json.decode(written), "message_id": new_id(), "purchase_id": new_id()}).decode()


def _without_nul(event: AnyInbound) -> AnyInbound:
    return msgspec.convert(_clean(msgspec.to_builtins(event)), type(event))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", NUL_STANDIN)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
