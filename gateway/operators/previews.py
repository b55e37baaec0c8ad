"""Trying a persona out: a conversation on the `preview` platform, by one version, whichever is in force. No fan sees it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from litestar import Router, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from core.errors import NotFound
from core.ids import new_id
from core.log import correlated
from core.nouns import Account, Influencer
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage.accounts import PREVIEW, Operator, find_influencer, load_account, put_account
from storage.conversations import load_conversation
from storage.fans import add_page_fan
from storage.packs import copy_prices
from storage.personas import find_version, open_preview
from storage.unit import Unit

PRICED_LIKE = "webchat"  # what is offered in a preview costs what it costs on the chat page, and no money moves


class PreviewWish(Struct, frozen=True):
    """Whom to try out, in which version (none: the one in force), and the language that the other side's app would say."""

    influencer: str
    version: Annotated[int, Meta(ge=1)] | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")] | None = None


class Preview(Struct, frozen=True):
    """A conversation to write into; what is said in it stands in its thread as everywhere."""

    conversation_id: UUID
    influencer: str
    name: str
    version: int


class Said(Struct, frozen=True):
    """What the fan of a preview says; the same `key` again is no second message."""

    key: UUID
    text: Annotated[str, Meta(min_length=1, max_length=4000)]


@post("/previews", status_code=HTTP_201_CREATED, summary="Try a version of a persona out")
async def begin(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[PreviewWish]) -> Preview:
    """Begin a conversation with a version as a new fan, an adult, whom the influencer knows nothing of yet."""
    handle = uuid4().hex
    async with doorway.house.app.unit(operator.agency_id) as unit:
        influencer = await find_influencer(unit, data.influencer)
        if data.version is not None:
            influencer = await find_version(unit, influencer.id, data.version)
        account_id = await _account(doorway, unit, influencer)
        await add_page_fan(unit, PREVIEW, handle, doorway.clock.now(), data.language)
        conversation_id = await open_preview(unit, account_id, influencer.persona_version_id, PREVIEW, handle)
    return Preview(conversation_id, influencer.slug, influencer.name, influencer.persona_version)


@post("/previews/{conversation_id:uuid}/messages", status_code=HTTP_202_ACCEPTED, summary="Say something in a preview")
async def say(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    conversation_id: FromPath[UUID],
    data: JSONBody[Said],
) -> dict[str, bool]:
    """Write as the fan of a preview; the answer comes as everywhere, by a worker, into the thread."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        conversation = await load_conversation(unit, conversation_id)
        account = await load_account(unit, conversation.account_id)
    if account.platform != PREVIEW:
        raise NotFound("There is no such preview.")
    body = {"key": data.key, "text": data.text, "handle": conversation.platform_key, "at": doorway.clock.now()}
    correlation_id = uuid4().hex
    with correlated(correlation_id):
        (written,) = await doorway.take_in(account, msgspec.json.encode(body), correlation_id)
    return {"fresh": written.fresh}


async def _account(doorway: Doorway, unit: Unit, influencer: Influencer) -> UUID:
    """Return the influencer's account for previews, made when it is first asked for."""
    await copy_prices(unit, influencer.id, PRICED_LIKE, PREVIEW)
    account = Account(
        id=new_id(),
        agency_id=influencer.agency_id,
        influencer_id=influencer.id,
        platform=PREVIEW,
        key=influencer.id.hex,
        inbound="page",
        sandbox=True,
        autonomy="auto",
    )
    return await put_account(unit, doorway.house.seal, account)


router = Router(
    "/api",
    route_handlers=[begin, say],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Previews"],
    security=[{"operator": []}],
)
