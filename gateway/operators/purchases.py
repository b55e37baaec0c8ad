"""What fans bought, and payments that are given back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import purchases
from storage.accounts import Operator
from storage.purchases import PurchaseRow


@get("/purchases", summary="List what fans bought")
async def list_purchases(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[PurchaseRow]:
    """Return purchases, newest first, with what became of their refunds and of pictures that are ours to send."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await purchases.list_purchases(unit, limit)


@post("/purchases/{purchase_id:uuid}/refund", status_code=HTTP_202_ACCEPTED, summary="Give a payment back")
async def refund(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], purchase_id: FromPath[UUID]
) -> PurchaseRow:
    """Order a refund; a worker asks the platform at once, and again if it does not answer.

    Ordering twice refunds once; what was given back already answers 409. Once it is done, the fan owns the pack no more.
    """
    async with doorway.house.app.unit(operator.agency_id) as unit:
        row = await purchases.order_refund(unit, purchase_id, operator.name)
    await doorway.house.jobs.refund_purchase(operator.agency_id, purchase_id)
    return row


router = Router(
    "/api",
    route_handlers=[list_purchases, refund],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Purchases"],
    security=[{"operator": []}],
)
