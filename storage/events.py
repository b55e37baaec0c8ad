"""What platforms sent, as it came: for a person who looks at what nobody could read or match."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from storage.queries import Queries
from storage.unit import Unit

EVENTS = Queries("events")
COUNTED_DAYS = 7


class EventRow(Struct, frozen=True):
    """One event, `bytes` long. `state` is taken, ignored, unreadable or unmatched (a purchase of nothing that was offered)."""

    id: UUID
    platform: str
    account: str
    kind: str
    state: str
    received_at: datetime
    correlation_id: str
    conversation_id: UUID | None
    bytes: int


class Event(EventRow, frozen=True):
    """One event with its body as it came, in base64 where it is written as JSON."""

    body: bytes


class Unclear(Struct, frozen=True):
    """How many events of the last seven days a person should look at."""

    unreadable: int
    unmatched: int


async def list_raw(unit: Unit, states: Sequence[str], limit: int = 100) -> list[EventRow]:
    """Return the agency's events in the given states, newest first."""
    return await EVENTS["list"].all(unit, EventRow, list(states), limit)


async def show_raw(unit: Unit, event_id: UUID) -> Event:
    """Return one event with its body. Raises `NotFound`."""
    return await EVENTS["load"].one(unit, Event, event_id)


async def count_unclear(unit: Unit) -> Unclear:
    """Count what nobody could read or match lately."""
    return await EVENTS["count"].one(unit, Unclear, COUNTED_DAYS)
