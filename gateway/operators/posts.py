"""The calendar: what is published for everybody, planned, changed, approved, cancelled and settled by operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import ServerSentEvent
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta, Struct

from core.errors import BadInput, NotFound
from core.nouns import Account
from core.outbound import Publication
from core.platforms import Publisher
from gateway.doorway import Doorway
from gateway.hearing import hear
from gateway.operators.auth import provide_operator
from storage import posts
from storage.accounts import Operator, find_influencer, list_accounts
from storage.posts import Post
from storage.unit import Unit
from studio import calendar
from studio.calendar import PostChange, PostWish

State = Literal["proposed", "planned", "pending", "publishing", "published", "failed", "unknown", "cancelled"]
SOON_S = 600.0
"""Posts further ahead are left to the sweep."""


class Cancelling(Struct, frozen=True, forbid_unknown_fields=True):
    """`series`: everything that the post's plan was still to bring, not this post alone."""

    series: bool = False


class Approval(Struct, frozen=True, forbid_unknown_fields=True):
    """`at`: another local time than the proposed one."""

    at: str | None = None


class Settling(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person saw: `published`, `failed`, or `again` to let it go out once more."""

    outcome: Literal["published", "failed", "again"]


class DefaultPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """Where posts of an account such as `telegram/luna` go when nobody says otherwise."""

    account: str
    target: Annotated[str, Meta(min_length=1, max_length=256)]


@get("/posts", summary="List the calendar")
async def list_posts(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromQuery[str | None] = None,
    states: Annotated[list[State] | None, QueryParameter(name="state")] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[Post]:
    """Return posts in the order of their times. `unknown` ones wait for a person, and so do `proposed` ones."""
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise BadInput("Give since and until with their offset, such as 2026-05-01T12:00:00Z.")
    async with doorway.house.app.unit(operator.agency_id) as unit:
        if influencer is not None:
            await find_influencer(unit, influencer)
        return await posts.list_posts(unit, influencer, states, since, until, limit)


@post("/posts", status_code=HTTP_201_CREATED, summary="Plan a post")
async def plan(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[PostWish]) -> list[Post]:
    """Put a post on the calendar, once for each place; what a platform would not take is refused at once."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        planned = await calendar.plan(unit, doorway.platforms, data, doorway.clock.now(), operator.name)
    return [await _told(doorway, operator, one) for one in planned]


@get("/posts/{post_id:uuid}", summary="Show a post")
async def show(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], post_id: FromPath[UUID]) -> Post:
    """Return one post with what became of it."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await posts.load_post(unit, post_id)


@post("/posts/{post_id:uuid}/edit", status_code=HTTP_200_OK, summary="Change a post")
async def edit(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    post_id: FromPath[UUID],
    data: JSONBody[PostChange],
) -> Post:
    """Change a post that has not left yet; one that is leaving at this moment answers 409."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        changed = await calendar.edit(unit, doorway.platforms, post_id, data, doorway.clock.now())
    return await _told(doorway, operator, changed)


@post("/posts/{post_id:uuid}/cancel", status_code=HTTP_200_OK, summary="Take a post off the calendar")
async def cancel(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    post_id: FromPath[UUID],
    data: JSONBody[Cancelling],
) -> Post:
    """Cancel a post that has not left yet, or its whole plan."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        cancelled = await calendar.cancel(unit, post_id, operator.name, series=data.series)
    return await _told(doorway, operator, cancelled)


@post("/posts/{post_id:uuid}/approve", status_code=HTTP_200_OK, summary="Let a proposal go out")
async def approve(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    post_id: FromPath[UUID],
    data: JSONBody[Approval],
) -> Post:
    """Say yes to what an influencer proposed, at its time or another."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        now = doorway.clock.now()
        approved = await calendar.approve(unit, doorway.platforms, post_id, data.at, now, operator.name)
    return await _told(doorway, operator, approved)


@post("/posts/{post_id:uuid}/publish", status_code=HTTP_200_OK, summary="Publish a post now")
async def publish_now(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], post_id: FromPath[UUID]) -> Post:
    """Let a post go out at once: one that waits, was proposed, or surely did not go out."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        going = await calendar.publish_now(unit, doorway.platforms, post_id, doorway.clock.now(), operator.name)
    return await _told(doorway, operator, going)


@post("/posts/{post_id:uuid}/settle", status_code=HTTP_200_OK, summary="Say what became of a post in doubt")
async def settle(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    post_id: FromPath[UUID],
    data: JSONBody[Settling],
) -> Post:
    """Settle a post that is `unknown` or `failed`, as a person saw it."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        now = doorway.clock.now()
        settled = await calendar.settle(unit, doorway.platforms, post_id, data.outcome, now, operator.name)
    return await _told(doorway, operator, settled)


@post("/places", status_code=HTTP_200_OK, summary="Set where posts of an account go")
async def set_place(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[DefaultPlace]
) -> DefaultPlace:
    """Set the default place; what an influencer proposes goes there."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        account = await _account(unit, data.account)
        platform = doorway.platforms[account.platform]
        if not isinstance(platform, Publisher):
            raise BadInput(f"Nothing can be published on {account.platform} from here.")
        platform.check_post(account, Publication(data.target, "a word"))
        await posts.set_place(unit, account.id, data.target)
    return data


@get("/calendar/events", summary="Hear that the calendar changed (server-sent events)")
async def listen(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> ServerSentEvent:
    """Send `post` with the post's id whenever one is planned, changed or settled; never any text."""
    return ServerSentEvent(hear(doorway, operator.agency_id), retry_duration=2000)


async def _account(unit: Unit, address: str) -> Account:
    accounts = await list_accounts(unit)
    found = next((account for account in accounts if f"{account.platform}/{account.key}" == address), None)
    if found is None:
        raise NotFound(f"There is no account {address!r}; muse account list shows those that there are.")
    return found


async def _told(doorway: Doorway, operator: Operator, changed: Post) -> Post:
    """Wake the publisher where it is soon, and tell who looks at the calendar."""
    wait_s = max(0.0, (changed.planned_at - doorway.clock.now()).total_seconds())
    if changed.state in ("planned", "pending") and wait_s < SOON_S:
        await doorway.house.jobs.publish_post(operator.agency_id, changed.id, wait_s)
    await doorway.house.live.publish(operator.agency_id, {"event": "post", "post": str(changed.id), "state": changed.state})
    return changed


router = Router(
    "/api",
    route_handlers=[list_posts, plan, show, edit, cancel, approve, publish_now, settle, set_place, listen],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Calendar"],
    security=[{"operator": []}],
)
