"""Credits: what generation may cost, as operators see and set it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from gateway.credits import TOP_UPS
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from gateway.platforms.http.signatures import new_secret
from storage import credits
from storage.accounts import Operator, find_influencer
from storage.credits import Balance, Movement, Use

Note = Annotated[str, Meta(max_length=500)]


class Credits(Struct, frozen=True):
    """The agency's credits beside its influencers' quotas, and everybody's use. No `available`: without limit."""

    agency: Balance
    influencers: list[Use]


class Granted(Credits, frozen=True):
    """The same after a grant; not `booked`: there was a grant of its key before, and nothing changed."""

    booked: bool


class Grant(Struct, frozen=True, forbid_unknown_fields=True):
    """Credits for the agency; a negative amount takes unused ones back. The same `key` is booked once."""

    amount: int
    note: Note = ""
    key: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """So many credits for an influencer and no more; none: it draws on the agency's again."""

    amount: int | None
    note: Note = ""


class Renewal(Struct, frozen=True, forbid_unknown_fields=True):
    """`drop_old`: forget the older of two keys instead of making a new one."""

    drop_old: bool = False


class ShopKey(Struct, frozen=True):
    """A new key, shown once, and the path that it signs for; no key: the older one was forgotten."""

    path: str
    secret: str | None


@get("/credits", summary="Show credits")
async def show(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> Credits:
    """Return what is left, set apart for jobs and spent, of the agency and of each influencer."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return Credits(await credits.agency_balance(unit), await credits.list_uses(unit))


@get("/credits/history", summary="List movements of credits")
async def history(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromQuery[str | None] = None,
    before: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[Movement]:
    """Return movements, newest first; ask anew with the last one's id as `before` for the next page."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        who = None if influencer is None else (await find_influencer(unit, influencer)).id
        return await credits.history(unit, who, before, limit)


@post("/credits/grants", status_code=HTTP_200_OK, summary="Grant credits")
async def grant(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[Grant]) -> Granted:
    """Give the agency credits, or take unused ones back."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        key = None if data.key is None else f"grant:{data.key}"
        booked = await credits.grant(unit, data.amount, operator.name, data.note, key)
        return Granted(await credits.agency_balance(unit), await credits.list_uses(unit), booked)


@post("/credits/quotas/{influencer:str}", status_code=HTTP_200_OK, summary="Set an influencer's quota")
async def set_quota(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromPath[str],
    data: JSONBody[Quota],
) -> Credits:
    """Set credits apart for one influencer, named by its short name."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        who = await find_influencer(unit, influencer)
        await credits.set_quota(unit, who.id, data.amount, operator.name, data.note)
        return Credits(await credits.agency_balance(unit), await credits.list_uses(unit))


@post("/credits/secret", status_code=HTTP_200_OK, summary="Make the key of the top-up webhook")
async def renew_secret(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[Renewal]
) -> ShopKey:
    """Return a new key, which is never shown again; the one before it holds until it is dropped."""
    secret = None if data.drop_old else new_secret()
    async with doorway.house.app.unit(operator.agency_id) as unit:
        if secret is None:
            await credits.drop_old_secret(unit)
        else:
            await credits.renew_secret(unit, doorway.house.seal, secret)
        slug = await credits.agency_slug(unit)
    return ShopKey(TOP_UPS.format(agency=slug), secret)


router = Router(
    "/api",
    route_handlers=[show, history, grant, set_quota, renew_secret],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Credits"],
    security=[{"operator": []}],
)
