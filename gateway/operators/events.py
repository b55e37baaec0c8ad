"""Events that need a person: bodies that nobody could read, purchases that match no offer."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import events
from storage.accounts import Operator
from storage.events import Event, EventRow

State = Literal["taken", "ignored", "unreadable", "unmatched"]


@get("/events", summary="List what came in, by state")
async def list_events(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    states: Annotated[list[State] | None, QueryParameter(name="state")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[EventRow]:
    """Return events, newest first; without `state`, those that need a person: unreadable and unmatched ones."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await events.list_raw(unit, states or ("unreadable", "unmatched"), limit)


@get("/events/{event_id:uuid}", summary="Show an event as it came")
async def show_event(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], event_id: FromPath[UUID]) -> Event:
    """Return one event; `body` is what the platform sent, in base64."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await events.show_raw(unit, event_id)


router = Router(
    "/api",
    route_handlers=[list_events, show_event],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Events"],
    security=[{"operator": []}],
)
