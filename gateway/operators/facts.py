"""What influencers know of fans, and operators who set it right."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from core.errors import BadInput
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from memory.facts import LONGEST
from memory.guards import is_storable
from storage import corrections
from storage.accounts import Operator
from storage.corrections import KnownFact, NewFact
from storage.facts import Whose
from storage.links import person_of

Text = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Word = Annotated[str, Meta(min_length=1, max_length=80)]


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    """What is true instead: one sentence about "the fan"."""

    text: Text


class Addition(Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator knows of a fan: one sentence about "the fan".

    `influencer`: who is to know it, by short name; may be left out where the fan talks with one only. Of the same `kind` and
    `subject` a later word of the fan takes its place. `standing`: it holds in every talk.
    """

    text: Text
    influencer: str | None = None
    kind: Word = "note"
    subject: Word = "note"
    standing: bool = False
    importance: Annotated[float, Meta(ge=0, le=1)] = 0.7


@get("/fans/{fan_id:uuid}/facts", summary="Show what is known of a fan")
async def list_facts(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    fan_id: FromPath[UUID],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 200,
) -> list[KnownFact]:
    """Return all that is and was known of the person, newest first, with who made it, from when and until when it held."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await person_of(unit, fan_id)
        return await corrections.list_known(unit, fan_id, limit)


@post("/fans/{fan_id:uuid}/facts", status_code=HTTP_200_OK, summary="Add what is known of a fan")
async def add_fact(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fan_id: FromPath[UUID], data: JSONBody[Addition]
) -> KnownFact:
    """Write a fact by this operator."""
    _check(data.text)
    fact = NewFact(data.text.strip(), data.kind, data.subject, data.importance, data.standing)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await person_of(unit, fan_id)
        known = await corrections.influencers_of(unit, fan_id)
        chosen = data.influencer or (next(iter(known)) if len(known) == 1 else "")
        if chosen not in known:
            raise BadInput(f"Say who is to know it: `influencer` is one of {', '.join(known) or 'nobody yet'}.")
        made = await corrections.add(unit, Whose(fan_id, known[chosen]), fact, operator.name)
    await doorway.house.jobs.index_facts(operator.agency_id)
    return made


@post("/facts/{fact_id:uuid}/correct", status_code=HTTP_200_OK, summary="Correct a fact")
async def correct(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fact_id: FromPath[UUID], data: JSONBody[Correction]
) -> KnownFact:
    """Put other words in the place of a fact; the old ones stay as history, and old messages do not bring them back."""
    _check(data.text)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        made = await corrections.correct(unit, fact_id, data.text.strip(), operator.name)
    await doorway.house.jobs.index_facts(operator.agency_id)
    return made


@post("/facts/{fact_id:uuid}/retract", status_code=HTTP_200_OK, summary="Retract a fact")
async def retract(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], fact_id: FromPath[UUID]) -> KnownFact:
    """Say that a fact never held; what was said before does not bring it back."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        gone = await corrections.retract(unit, fact_id, operator.name)
    await doorway.house.jobs.index_facts(operator.agency_id)
    return gone


def _check(text: str) -> None:
    if not text.strip() or not is_storable(text):
        raise BadInput(
            "This is not kept of anybody: payment data, addresses, contact data, health, sexuality, religion, politics."
        )


router = Router(
    "/api",
    route_handlers=[list_facts, add_fact, correct, retract],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Memory"],
    security=[{"operator": []}],
)
