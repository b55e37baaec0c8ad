"""Events that need a person: bodies that nobody could read, purchases that match no offer; and reading them again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from gateway import replay
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from gateway.replay import Replayed
from storage import events
from storage.accounts import Operator
from storage.events import Event, EventRow

State = Literal["taken", "ignored", "unreadable", "unmatched"]
NEED_A_PERSON: tuple[State, ...] = ("unreadable", "unmatched")


class ReplayOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Which events to read again: of these states, since a moment, behind one that was read already; at most `limit`."""

    states: tuple[Literal["ignored", "unreadable", "unmatched"], ...] = ("unreadable", "unmatched")
    since: Annotated[datetime, Meta(tz=True)] | None = None
    after: UUID | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


@get("/events", summary="List what came in, by state")
async def list_events(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    states: Annotated[list[State] | None, QueryParameter(name="state")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[EventRow]:
    """Return events, newest first; without `state`, those that need a person: unreadable and unmatched ones."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await events.list_raw(unit, states or NEED_A_PERSON, limit)


@get("/events/{event_id:uuid}", summary="Show an event as it came")
async def show_event(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], event_id: FromPath[UUID]) -> Event:
    """Return one event; `body` is what the platform sent, in base64, and null when it was too old to be kept."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await events.show_raw(unit, event_id)


@post("/events/{event_id:uuid}/replay", status_code=HTTP_200_OK, summary="Read an event again")
async def replay_event(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], event_id: FromPath[UUID]
) -> Replayed:
    """Read an event again as its platform's adapter reads it now, and take what it means; one that was taken stays as it is."""
    return await replay.replay(doorway, operator.agency_id, event_id)


@post("/events/replay", status_code=HTTP_200_OK, summary="Read events again")
async def replay_events(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[ReplayOrder]
) -> list[Replayed]:
    """Read events again, the oldest first; ask anew with the last one's id as `after` until the answer is empty."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await events.find_replayable(unit, data.states, data.since, data.after, data.limit)
    return [await replay.replay(doorway, operator.agency_id, event_id) for event_id in found]


router = Router(
    "/api",
    route_handlers=[list_events, show_event, replay_event, replay_events],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Events"],
    security=[{"operator": []}],
)
