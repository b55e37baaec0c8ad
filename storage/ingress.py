"""The way in: a batch of verified events is written once, whatever account it is for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from core.ids import new_id
from core.inbound import AnyInbound, InboundConnection, InboundEdit, InboundMessage, InboundOther, InboundPurchase
from core.nouns import Account
from storage.database import Database
from storage.queries import Queries

INGRESS = Queries("ingress")
NUL_STANDIN = "�"  # Postgres keeps no NUL in text


class Arrival(Struct, frozen=True):
    """One event that an adapter read from `raw`; quiet times in seconds."""

    account: Account
    event: AnyInbound
    raw: bytes
    correlation_id: str
    quiet_s: float
    quiet_max_s: float


class Ingested(Struct, frozen=True):
    """What became of an arrival. `fresh` is false for a repeat; `wait_s` says when a turn is due, if one is."""

    event_index: int
    agency_id: UUID
    conversation_id: UUID | None
    message_id: UUID | None
    fresh: bool
    wait_s: float | None


async def ingest(database: Database, arrivals: Sequence[Arrival]) -> list[Ingested]:
    """Write a batch in one statement; answers in the batch's order. Raises `Unavailable`; then nothing is stored."""
    rows = [_row(arrival) for arrival in arrivals]
    async with database.unit() as unit:
        written = await INGRESS["ingest"].all(unit, Ingested, rows, [arrival.raw for arrival in arrivals])
    return sorted(written, key=lambda w: w.event_index)


def unreadable(raw: bytes, now: Any) -> InboundOther:
    """Stand in for a body that its adapter could not read: kept for an operator, once."""
    return InboundOther(event_key=f"unreadable:{hashlib.sha256(raw).hexdigest()}", at=now, kind="unreadable", readable=False)


def _row(arrival: Arrival) -> dict[str, Any]:
    event = arrival.event
    row: dict[str, Any] = _clean(msgspec.to_builtins(event))
    row.update(
        account_id=arrival.account.id,
        correlation_id=arrival.correlation_id,
        quiet_s=arrival.quiet_s,
        quiet_max_s=arrival.quiet_max_s,
        raw_id=new_id(),
    )
    if not isinstance(event, InboundOther | InboundConnection):
        row.update(fan_id=new_id(), identity_id=new_id(), conversation_id=new_id())
    if isinstance(event, InboundMessage | InboundEdit | InboundPurchase):
        row["message_id"] = new_id()
    if isinstance(event, InboundPurchase):
        row["purchase_id"] = new_id()
    if isinstance(event, InboundMessage):
        row["media"] = [{**media, "id": new_id()} for media in row["media"]] or None
    return row


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", NUL_STANDIN)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
