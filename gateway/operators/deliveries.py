"""Deliveries that need a person: unknown outcomes, refusals, stopped parts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import deliveries
from storage.accounts import Operator
from storage.deliveries import DeliveryRow

State = Literal["pending", "sending", "sent", "not_sent", "unknown", "stopped", "dropped"]


class Resolution(Struct, frozen=True):
    """What a person found out: it arrived (`sent`), it did not (`not_sent`), or send it once more (`again`)."""

    outcome: Literal["sent", "not_sent", "again"]


@get("/deliveries", summary="List deliveries by state")
async def list_deliveries(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    states: Annotated[list[State] | None, QueryParameter(name="state")] = None,
    before: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[DeliveryRow]:
    """Return deliveries, newest first; without `state`, those that need a person, or whose account does.

    Ask anew with the last one's id as `before` for the next page.
    """
    chosen: list[str] = list(states or ("unknown", "not_sent", "stopped"))
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await deliveries.list_deliveries(unit, chosen, limit, with_held=not states, before=before)


@post("/deliveries/{delivery_id:uuid}/resolve", status_code=HTTP_200_OK, summary="Settle an unknown or refused delivery")
async def resolve(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    delivery_id: FromPath[UUID],
    data: JSONBody[Resolution],
) -> DeliveryRow:
    """Say what became of a delivery; nothing is ever sent again without this."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        row = await deliveries.resolve(unit, delivery_id, data.outcome, operator.name)
    await doorway.house.jobs.deliver_messages(operator.agency_id, row.conversation_id)
    await doorway.house.live.publish(row.conversation_id, {"event": "change"})
    return row


router = Router(
    "/api",
    route_handlers=[list_deliveries, resolve],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Deliveries"],
    security=[{"operator": []}],
)
