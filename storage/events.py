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
KEYS_DAYS = 365
"""How long an event's key is kept to know a repeat. Platforms send again for days, integrators after an outage of weeks, and a
restored copy of their side for months; a key costs some 200 bytes. After that a message is still known by its own row."""


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
    """One event with its body as it came, in base64 where it is written as JSON; none: it was too old to be kept."""

    body: bytes | None


class LockedEvent(Struct, frozen=True):
    """One event that may be read again."""

    id: UUID
    account_id: UUID
    event_key: str
    state: str
    body: bytes | None
    received_at: datetime
    correlation_id: str


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


async def find_replayable(
    unit: Unit, states: Sequence[str], since: datetime | None, after: UUID | None, limit: int
) -> list[UUID]:
    """Return events in the given states, the oldest first."""
    return [row.id for row in await EVENTS["to_replay"].all(unit, _Id, list(states), since, after, limit)]


async def lock_raw(unit: Unit, event_id: UUID) -> LockedEvent:
    """Lock an event to the end of the unit of work. Raises `NotFound`."""
    return await EVENTS["lock"].one(unit, LockedEvent, event_id)


async def drop_raw(unit: Unit, event_id: UUID) -> None:
    """Make room for what an event means when it is read again."""
    await EVENTS["drop"].run(unit, event_id)


async def put_back(unit: Unit, event: LockedEvent) -> str | None:
    """Let an event that was read again keep the time at which it came in; return its state, none if it is known elsewhere."""
    state = await EVENTS["put_back"].value(unit, event.id, event.received_at)
    return None if state is None else str(state)


async def trim_bodies(unit: Unit, days: int, limit: int) -> int:
    """Remove the agency's bodies older than `days`; look at no more than `limit` events, and return at how many."""
    return int(await EVENTS["trim_bodies"].value(unit, days, limit))


async def trim_keys(unit: Unit, days: int, limit: int) -> int:
    """Remove the agency's events older than `days`, no more than `limit`; return how many."""
    return await EVENTS["trim_keys"].run(unit, days, limit)


class _Id(Struct, frozen=True):
    id: UUID
