"""Promos and their codes. A promo is made and ended, and never changed between: what was offered under it stays true."""

from __future__ import annotations

from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from shop.campaigns import Campaigns, CodeOrder, PromoPlan
from storage import promo_rows
from storage.accounts import Operator
from storage.pack_rows import find_influencer
from storage.promo_rows import CodeRow, PromoRow


async def provide_campaigns(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> Campaigns:
    """Return the operator's hands on the promos."""
    return Campaigns(doorway.house, doorway.policies, operator.agency_id)


@get("/promos", summary="List promos")
async def list_promos(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromQuery[str | None] = None
) -> list[PromoRow]:
    """Return the agency's promos with how often each was redeemed and is held, those that are over last."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        if influencer is not None:
            await find_influencer(unit, influencer)
        return await promo_rows.list_promos(unit, influencer)


@get("/promos/{promo_id:uuid}", summary="Show a promo")
async def show_promo(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], promo_id: FromPath[UUID]
) -> PromoRow:
    """Return one promo."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await promo_rows.load_promo(unit, promo_id)


@post("/promos", status_code=HTTP_201_CREATED, summary="Make a promo")
async def add_promo(
    campaigns: NamedDependency[Campaigns], operator: NamedDependency[Operator], data: JSONBody[PromoPlan]
) -> PromoRow:
    """Make a promo, with one code for all where it names one. A name or code that is taken answers 409."""
    return await campaigns.add(data, operator.name)


@post("/promos/{promo_id:uuid}/end", status_code=HTTP_200_OK, summary="End a promo")
async def end_promo(campaigns: NamedDependency[Campaigns], promo_id: FromPath[UUID]) -> PromoRow:
    """Offer a promo no more; offers that hold a place keep it for their time."""
    return await campaigns.end(promo_id)


@get("/promos/{promo_id:uuid}/codes", summary="List a promo's codes")
async def list_codes(campaigns: NamedDependency[Campaigns], promo_id: FromPath[UUID]) -> list[CodeRow]:
    """Return the codes of a promo, the oldest first, with how often each was redeemed."""
    return await campaigns.codes(promo_id)


@post("/promos/{promo_id:uuid}/codes", status_code=HTTP_201_CREATED, summary="Make personal codes")
async def make_codes(
    campaigns: NamedDependency[Campaigns], promo_id: FromPath[UUID], data: JSONBody[CodeOrder]
) -> list[CodeRow]:
    """Make codes for one purchase each, up to 5000 at once; with `fan`, one that is good for this person only."""
    return await campaigns.make_codes(promo_id, data)


router = Router(
    "/api",
    route_handlers=[list_promos, show_promo, add_promo, end_promo, list_codes, make_codes],
    dependencies={"operator": Provide(provide_operator), "campaigns": Provide(provide_campaigns)},
    tags=["Promos"],
    security=[{"operator": []}],
)
