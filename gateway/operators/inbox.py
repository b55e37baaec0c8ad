"""The inbox: conversations, drafts that wait for a person, and who speaks."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from core.nouns import Message
from core.platforms import splitter
from core.turns import GenerateImage
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from gateway.operators.effects import handlers_of
from storage import conversations, drafts, tags, turns
from storage.accounts import Operator, open_account
from storage.conversations import InboxRow
from storage.drafts import Desk, Draft
from storage.reactions import Reaction, list_reactions
from storage.tags import Tag, TagCount
from storage.turns import TurnRecord
from storage.unit import Unit

Text = Annotated[str, Meta(min_length=1, max_length=20_000)]


class Thread(Struct, frozen=True):
    """One conversation as an operator sees it; `reactions` are what the fan has put under messages, `tags` what they wanted."""

    conversation: Any
    messages: list[Message]
    reactions: list[Reaction]
    drafts: list[Draft]
    latest_turn: TurnRecord | None
    tags: list[Tag]


class Words(Struct, frozen=True):
    """A text that an operator wrote."""

    text: Text


class TakeOver(Struct, frozen=True):
    """What a take-over found: deliveries that were on their way and could not be stopped."""

    still_leaving: list[UUID]


@get("/inbox", summary="List conversations, those that wait for a person first")
async def list_inbox(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    waiting: FromQuery[bool] = False,
    tag: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
) -> list[InboxRow]:
    """Return the agency's conversations; `waiting` leaves only those with a held draft or not in the agent's hands.

    `tag` leaves only those in which the fan was read to want that.
    """
    async with doorway.house.app.unit(operator.agency_id) as unit:
        if tag is not None:
            return await tags.list_tagged(unit, tag, waiting, limit)
        return await conversations.list_inbox(unit, waiting, limit)


@get("/tags", summary="List what fans were read to want")
async def show_tags(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> list[TagCount]:
    """Return every tag of the agency's conversations with how many have it, the commonest first."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await tags.count_tags(unit)


@get("/conversations/{conversation_id:uuid}", summary="Show a conversation")
async def show_conversation(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], conversation_id: FromPath[UUID]
) -> Thread:
    """Return what was said, the drafts that wait and the record of the latest turn."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return Thread(
            conversation=await conversations.load_conversation(unit, conversation_id),
            messages=await conversations.read_thread(unit, conversation_id),
            reactions=await list_reactions(unit, conversation_id),
            drafts=await drafts.held_drafts(unit, conversation_id),
            latest_turn=await turns.latest_turn(unit, conversation_id),
            tags=await tags.list_tags(unit, conversation_id),
        )


@post("/conversations/{conversation_id:uuid}/take", status_code=HTTP_200_OK, summary="Take a conversation over")
async def take(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], conversation_id: FromPath[UUID]
) -> TakeOver:
    """Give the conversation to this operator: the agent says nothing more, and what it had not sent is dropped."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        leaving = await conversations.take(unit, conversation_id, operator.name)
    await doorway.house.live.publish(conversation_id, {"event": "change"})
    return TakeOver(leaving)


@post(
    "/conversations/{conversation_id:uuid}/handback", status_code=HTTP_200_OK, summary="Hand a conversation back to the agent"
)
async def hand_back(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    conversation_id: FromPath[UUID],
    adult: FromQuery[bool] = False,
) -> dict[str, bool]:
    """Let the agent speak again, once no draft waits; what an operator left unanswered is answered at once.

    A fan who said to be under age is handed back only with `adult`: the operator has found otherwise.
    """
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await conversations.hand_back(unit, conversation_id, operator.name, adult=adult)
    await doorway.house.jobs.reply_to_fan(operator.agency_id, conversation_id)
    await _deliver(doorway, operator, conversation_id)
    return {"ok": True}


@post("/conversations/{conversation_id:uuid}/messages", status_code=HTTP_200_OK, summary="Write as the operator")
async def write(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    conversation_id: FromPath[UUID],
    data: JSONBody[Words],
) -> dict[str, bool]:
    """Say something to the fan; only who has taken the conversation may."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        desk = await _desk(doorway, unit, operator, conversation_id)
        await drafts.write(unit, conversation_id, desk, data.text)
    await _deliver(doorway, operator, conversation_id)
    return {"ok": True}


@post("/drafts/{draft_id:uuid}/approve", status_code=HTTP_200_OK, summary="Send a held draft")
async def approve(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], draft_id: FromPath[UUID]) -> Draft:
    """Send the draft as it is. Prices and ownership are checked again; a draft that does not stand any more answers 409."""
    return await _send(doorway, operator, draft_id, None)


@post("/drafts/{draft_id:uuid}/edit", status_code=HTTP_200_OK, summary="Send a held draft in other words")
async def edit(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], draft_id: FromPath[UUID], data: JSONBody[Words]
) -> Draft:
    """Send the draft with its words replaced; an offered pack stays."""
    return await _send(doorway, operator, draft_id, data.text)


@post("/drafts/{draft_id:uuid}/reject", status_code=HTTP_200_OK, summary="Throw a held draft away")
async def reject(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], draft_id: FromPath[UUID]) -> Draft:
    """Send nothing; the fan's messages count as answered."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await drafts.reject(unit, draft_id, operator.name)


async def _send(doorway: Doorway, operator: Operator, draft_id: UUID, text: str | None) -> Draft:
    async with doorway.house.app.unit(operator.agency_id) as unit:
        held = await drafts.load_draft(unit, draft_id)
        desk = await _desk(doorway, unit, operator, held.conversation_id)
        draft = await drafts.approve(unit, draft_id, desk, text)
    for effect in held.decode_effects():
        if isinstance(effect, GenerateImage):
            await doorway.house.jobs.paint_pictures(operator.agency_id, effect.job_id)
    await _deliver(doorway, operator, draft.conversation_id)
    return draft


async def _desk(doorway: Doorway, unit: Unit, operator: Operator, conversation_id: UUID) -> Desk:
    conversation = await conversations.load_conversation(unit, conversation_id)
    account = await open_account(unit, doorway.house.seal, conversation.account_id)
    platform = doorway.platforms[account.platform]
    split = splitter(platform, account)
    return Desk(operator.name, account, split, handlers_of(doorway.settings), doorway.clock.now(), uuid4().hex, platform.policy)


async def _deliver(doorway: Doorway, operator: Operator, conversation_id: UUID) -> None:
    await doorway.house.jobs.deliver_messages(operator.agency_id, conversation_id)
    await doorway.house.live.publish(conversation_id, {"event": "change"})


router = Router(
    "/api",
    route_handlers=[list_inbox, show_tags, show_conversation, take, hand_back, write, approve, edit, reject],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Inbox"],
    security=[{"operator": []}],
)
