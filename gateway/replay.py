"""Reads events again that nobody could read or match, or that were ignored: for an adapter that was mended since.

What was taken stays as it is, and an event's key knows it again, so that nothing becomes a second message or turn.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import Struct, structs

from core.errors import NotFound
from core.inbound import InboundOther
from gateway.doorway import Doorway
from storage import events
from storage.accounts import open_account
from storage.events import LockedEvent
from storage.ingress import Arrival, Ingested, write
from storage.unit import Unit

Outcome = Literal["taken", "known", "ignored", "unmatched", "unreadable", "gone"]


class Replayed(Struct, frozen=True):
    """What reading an event again did. `known`: it was taken already. `gone`: its body was too old to be kept.

    `messages` is how many messages or answers wait for a turn because of it.
    """

    id: UUID
    outcome: Outcome
    messages: int = 0


async def replay(doorway: Doorway, agency_id: UUID, event_id: UUID) -> Replayed:
    """Read one event again and take what it means now. Raises `NotFound`, `Unavailable`."""
    try:
        return await _replay(doorway, agency_id, event_id)
    except NotFound:  # somebody else replayed it just now and wrote its row anew: the new one is found
        return await _replay(doorway, agency_id, event_id)


async def _replay(doorway: Doorway, agency_id: UUID, event_id: UUID) -> Replayed:
    async with doorway.house.app.unit(agency_id) as unit:
        event = await events.lock_raw(unit, event_id)
        if event.state == "taken":
            return Replayed(event.id, "known")
        if event.body is None:
            return Replayed(event.id, "gone")
        account = await open_account(unit, doorway.house.seal, event.account_id)
        arrivals = doorway.read(account, event.body, event.correlation_id)
        if all(isinstance(arrival.event, InboundOther) and not arrival.event.readable for arrival in arrivals):
            return Replayed(event.id, "unreadable")
        written, outcome = await _take(unit, event, arrivals)
    await doorway.ingress.wake(written)
    return Replayed(event.id, outcome, sum(one.message_id is not None for one in written))


async def _take(unit: Unit, event: LockedEvent, arrivals: list[Arrival]) -> tuple[list[Ingested], Outcome]:
    """Write what the event means in its own place: under its id where it has the same key, else under the first one's."""
    place = next((n for n, arrival in enumerate(arrivals) if arrival.event.event_key == event.event_key), 0)
    arrivals[place] = structs.replace(arrivals[place], event_id=event.id)
    await events.drop_raw(unit, event.id)
    written = await write(unit, arrivals)
    state = await events.put_back(unit, event)
    if state is None:
        return written, "taken" if any(one.fresh for one in written) else "known"
    return written, state  # type: ignore[return-value]  # one of the states of the table
