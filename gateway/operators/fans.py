"""Fans: who they are on which platform, which of them are one person, and forgetting them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from core.errors import BadInput
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import exports, fans, forgetting, links
from storage.accounts import Operator
from storage.fans import FanRow
from storage.forgetting import Forgotten
from storage.links import Claim, Link

State = Literal["proposed", "confirmed", "rejected", "split"]


class Person(Struct, frozen=True):
    """One person: the identities of all fan rows that are linked, and every link there is or was."""

    fans: list[FanRow]
    links: list[Link]


class LinkOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Who the other fan is, and why an operator believes so."""

    other: UUID
    evidence: Annotated[str, Meta(min_length=1, max_length=2000)]
    confidence: Annotated[float, Meta(gt=0, le=1)] = 0.9


class ForgetOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The fan's id once more: what is forgotten does not come back."""

    confirm: UUID


@get("/fans", summary="Find fans")
async def find_fans(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    words: Annotated[str, QueryParameter(name="query", max_length=200)] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
) -> list[FanRow]:
    """Return fans whose name, handle or id holds the words of `query`, newest first."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await fans.search_fans(unit, words, limit)


@get("/fans/{fan_id:uuid}", summary="Show a person")
async def show_person(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fan_id: FromPath[UUID]) -> Person:
    """Return all identities of the person behind a fan, and their links."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        rows = await links.person_of(unit, fan_id)
        return Person(await fans.list_person(unit, rows), await links.links_of(unit, rows))


@post("/fans/{fan_id:uuid}/links", status_code=HTTP_200_OK, summary="Link two fans that are one person")
async def link_fans(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fan_id: FromPath[UUID], data: JSONBody[LinkOrder]
) -> Link:
    """Link a fan with another one, confirmed by this operator; what each was told is then remembered with both."""
    claim = Claim("operator", data.evidence, data.confidence, operator.name)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await links.link(unit, fan_id, data.other, claim)


@post("/fans/{fan_id:uuid}/split", status_code=HTTP_200_OK, summary="Undo all links of a fan")
async def split_fan(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fan_id: FromPath[UUID]
) -> list[Link]:
    """Let a fan stand by itself again; each side then remembers only what was said in its own chats."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await links.split_fan(unit, fan_id, operator.name)


@get("/links", summary="List links")
async def list_links(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    of: Annotated[State, QueryParameter(name="state")] = "proposed",
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
) -> list[Link]:
    """Return links in a state, newest first; without one, those that wait for an operator."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await links.links_in(unit, of, limit)


@post("/links/{link_id:uuid}/confirm", status_code=HTTP_200_OK, summary="Confirm a proposed link")
async def confirm(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], link_id: FromPath[UUID]) -> Link:
    """Make a proposal true."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await links.confirm(unit, link_id, operator.name)


@post("/links/{link_id:uuid}/reject", status_code=HTTP_200_OK, summary="Reject a proposed link")
async def reject(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], link_id: FromPath[UUID]) -> Link:
    """Say that two fans are not one person."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await links.reject(unit, link_id, operator.name)


@post("/links/{link_id:uuid}/split", status_code=HTTP_200_OK, summary="Undo a link")
async def split(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], link_id: FromPath[UUID]) -> Link:
    """Undo one confirmed link; nothing was moved by it, so each side has what it had."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await links.split(unit, link_id, operator.name)


@get("/fans/{fan_id:uuid}/export", summary="Read all that is held about a person")
async def export(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fan_id: FromPath[UUID]
) -> dict[str, Any]:
    """Return every row about a person by section; files are named, and read under /api/media. `muse fan export` writes both."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await exports.read_person(unit, fan_id)


@post("/fans/{fan_id:uuid}/forget", status_code=HTTP_200_OK, summary="Forget a person")
async def forget(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fan_id: FromPath[UUID], data: JSONBody[ForgetOrder]
) -> Forgotten:
    """Remove everything about a person, linked fans included; purchases, disclosures and opt-outs stay without a name."""
    if data.confirm != fan_id:
        raise BadInput("`confirm` must name the same fan: what is forgotten does not come back.")
    return await forgetting.forget(doorway.house, operator.agency_id, fan_id, doorway.clock.now())


router = Router(
    "/api",
    route_handlers=[
        find_fans,
        show_person,
        link_fans,
        split_fan,
        list_links,
        confirm,
        reject,
        split,
        export,
        forget,
    ],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Fans"],
    security=[{"operator": []}],
)
