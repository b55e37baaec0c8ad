"""The chat page's own door: `/chat/{account}`. Every answer is for one fan, proven by the cookie, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import File, ServerSentEvent, ServerSentEventMessage
from litestar.static_files import create_static_files_router
from litestar.status_codes import HTTP_201_CREATED, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from core.errors import NotFound, RateLimited, Refused, TryLater, Unauthorised
from core.log import correlated
from core.nouns import Account, Conversation
from gateway.doorway import Doorway
from gateway.webchat.session import FanSessions
from gateway.webchat.streams import Streams
from gateway.webchat.thread import ThreadItem, show_items
from personas.schema import Persona
from shop.checkouts import check_unlock
from shop.purchases import offer_payload, visible_asset
from storage.accounts import load_influencer
from storage.conversations import conversation_of, read_thread
from storage.fans import add_page_fan, find_fan, load_fan
from storage.pictures import Underway, underway, visible_picture
from storage.presence import look

STATIC = Path(__file__).parent / "static"
PLATFORM = "webchat"
NEW_FANS_PER_MINUTE = 20
LOOKS_PER_MINUTE, LOOKS_AT_ONCE = 600, 240
PING_S = 15.0
LOOK_S = 3.0
TEXT_LIMIT = 4000
AI_NOTICE = (
    "{name} is an AI, not a person. A program writes every message here, and pictures are made by computer. "
    "Please don't share anything here that you would not want stored."
)


class Confirmation(Struct, frozen=True):
    """What the visitor says at the door."""

    adult: bool


class Written(Struct, frozen=True):
    """A fan's message; `key` is the page's own id of it, so that a repeat is no second message."""

    key: UUID
    text: Annotated[str, Meta(min_length=1)]


class Unlock(Struct, frozen=True):
    """Which offer to unlock."""

    offer_id: UUID


class InfluencerView(Struct, frozen=True):
    """Who the fan talks to."""

    name: str
    tagline: str
    accent: str
    avatar: str | None


class Entrance(Struct, frozen=True):
    """What the page needs before the first message. `waking` is true while no worker is ready."""

    influencer: InfluencerView
    sandbox: bool
    notice: str
    confirmed: bool
    waking: bool
    limits: dict[str, int]


class ThreadView(Struct, frozen=True):
    """The chat so far, and the pictures that are being made for the fan."""

    items: list[ThreadItem]
    pictures: list[Underway] = []


async def provide_account(doorway: NamedDependency[Doorway], account_key: FromPath[str]) -> Account:
    """Return the webchat account of the address. Raises `NotFound`."""
    try:
        return await doorway.book.find(PLATFORM, account_key)
    except Refused:
        raise NotFound("There is nobody here.") from None


async def provide_handle(
    request: Request[Any, Any, Any],
    doorway: NamedDependency[Doorway],
    sessions: NamedDependency[FanSessions],
    account: NamedDependency[Account],
) -> str:
    """Return the fan's handle that the cookie proves. Raises `Unauthorised`, also for a fan who was forgotten."""
    handle = sessions.read(account, request.cookies)
    async with doorway.house.app.unit(account.agency_id) as unit:
        if await find_fan(unit, PLATFORM, handle) is None:
            raise Unauthorised("Please open the chat anew.")
    return handle


@get("/", summary="The chat page")
async def show_page(doorway: NamedDependency[Doorway], account_key: FromPath[str]) -> File:
    """Return the page itself, with 404 where there is nobody; it also opens, and says so, while the database is away."""
    status = 200
    try:
        await doorway.book.find(PLATFORM, account_key)
    except Refused:
        status = 404
    except TryLater:
        pass
    return File(STATIC / "index.html", media_type="text/html", content_disposition_type="inline", status_code=status)


@get("/privacy", sync_to_thread=False, summary="What is stored, in plain words")
def show_privacy(account: NamedDependency[Account]) -> File:
    """Return the privacy page."""
    return File(STATIC / "privacy.html", media_type="text/html", content_disposition_type="inline")


@get("/session", summary="Who is here, and what must be said first")
async def show_entrance(
    request: Request[Any, Any, Any],
    doorway: NamedDependency[Doorway],
    sessions: NamedDependency[FanSessions],
    account: NamedDependency[Account],
) -> Entrance:
    """Return the influencer, the AI notice, and whether this visitor has confirmed to be an adult."""
    async with doorway.house.app.unit(account.agency_id) as unit:
        influencer = await load_influencer(unit, account.influencer_id)
        confirmed = await _is_known(request, sessions, account, unit)
    persona = Persona.from_document(influencer.persona)
    signs = await look(doorway.house.redis)
    return Entrance(
        influencer=InfluencerView(influencer.name, persona.tagline, persona.accent, _avatar(account)),
        sandbox=account.sandbox,
        notice=AI_NOTICE.format(name=influencer.name),
        confirmed=confirmed,
        waking=signs is not None and not any(sign.state == "ready" for sign in signs),
        limits={"text": TEXT_LIMIT},
    )


@post("/session", status_code=HTTP_201_CREATED, summary="Confirm to be an adult and get the cookie")
async def enter(
    request: Request[Any, Any, Any],
    doorway: NamedDependency[Doorway],
    sessions: NamedDependency[FanSessions],
    account: NamedDependency[Account],
    data: JSONBody[Confirmation],
) -> Response[dict[str, bool]]:
    """Let an adult in; 403 for anybody else."""
    if not data.adult:
        return Response({"adult": False}, status_code=403)
    async with doorway.house.app.unit(account.agency_id) as unit:
        if await _is_known(request, sessions, account, unit):
            return Response({"adult": True})
    where = request.client.host if request.client else "unknown"
    await _limit(doorway, f"enter:{where}", NEW_FANS_PER_MINUTE)
    handle, cookie = sessions.make(account)
    language = request.headers.get("accept-language", "")[:2].lower() or None
    async with doorway.house.app.unit(account.agency_id) as unit:
        await add_page_fan(unit, PLATFORM, handle, doorway.clock.now(), language)
    return Response({"adult": True}, cookies=[cookie])


@get("/thread", summary="Read the chat")
async def read(
    doorway: NamedDependency[Doorway],
    account: NamedDependency[Account],
    handle: NamedDependency[str],
    after: FromQuery[UUID | None] = None,
) -> ThreadView:
    """Return the fan's own chat with this account, oldest first; `after` leaves out what the page has."""
    await _limit_looks(doorway, handle)
    async with doorway.house.app.unit(account.agency_id) as unit:
        conversation = await conversation_of(unit, account.id, handle)
        if conversation is None:
            return ThreadView([])
        fan = await load_fan(unit, conversation.id)
        items = await show_items(unit, account, fan, await read_thread(unit, conversation.id, after))
        return ThreadView(items, await underway(unit, conversation.id))


@post("/messages", status_code=HTTP_202_ACCEPTED, summary="Write")
async def write(
    doorway: NamedDependency[Doorway], account: NamedDependency[Account], handle: NamedDependency[str], data: JSONBody[Written]
) -> Response[dict[str, Any]]:
    """Take a fan's message; the same key again is no second message."""
    if len(data.text) > TEXT_LIMIT:
        return Response({"status_code": 413, "detail": f"A message may have {TEXT_LIMIT} characters."}, status_code=413)
    await _limit(doorway, f"webchat:{account.id}:{handle}", doorway.settings.webchat_per_minute, burst=8)
    body = {"key": data.key, "text": data.text, "handle": handle, "at": doorway.clock.now()}
    correlation_id = uuid4().hex
    with correlated(correlation_id):
        (written,) = await doorway.take_in(account, msgspec.json.encode(body), correlation_id)
    await doorway.house.live.publish(UUID(handle), {"event": "change"})  # for a page that waits for its conversation to begin
    return Response({"id": written.message_id, "fresh": written.fresh})


@post("/unlock", status_code=HTTP_202_ACCEPTED, summary="Unlock a pack without money, on sandbox accounts")
async def unlock(
    doorway: NamedDependency[Doorway], account: NamedDependency[Account], handle: NamedDependency[str], data: JSONBody[Unlock]
) -> dict[str, bool]:
    """Buy an offer in the sandbox: no money moves, and the row says so. Other accounts have no such door.

    An offer that does not stand any more answers 409 with a sentence for the fan.
    """
    if not account.sandbox:
        raise NotFound("Buying is not set up here.")
    await _limit_looks(doorway, handle)
    conversation = await _conversation(doorway, account, handle)
    async with doorway.house.app.unit(account.agency_id) as unit:
        payload = await offer_payload(unit, data.offer_id, conversation.fan_id)
        await check_unlock(unit, data.offer_id, doorway.platforms[account.platform].policy)
    body = {"key": data.offer_id, "unlock": payload, "handle": handle, "at": doorway.clock.now()}
    correlation_id = uuid4().hex
    with correlated(correlation_id):
        await doorway.take_in(account, msgspec.json.encode(body), correlation_id)
    await doorway.house.live.publish(conversation.id, {"event": "change"})
    return {"ok": True}


@get("/media/{asset_id:uuid}", summary="A picture that this fan may see")
async def show_media(
    doorway: NamedDependency[Doorway], account: NamedDependency[Account], handle: NamedDependency[str], asset_id: FromPath[UUID]
) -> Response[bytes]:
    """Return a preview of what was offered to the fan, or a picture that they bought or that was made for them."""
    await _limit_looks(doorway, handle)
    conversation = await _conversation(doorway, account, handle)
    async with doorway.house.app.unit(account.agency_id) as unit:
        try:
            asset = await visible_asset(unit, conversation.fan_id, asset_id, account.platform)
        except NotFound:
            asset = await visible_picture(unit, conversation.fan_id, asset_id, account.platform)
    data = await doorway.house.blobs.get(asset.blob_key)
    return Response(data, media_type=asset.mime, headers={"cache-control": "private, max-age=3600"})


@get("/avatar", summary="The influencer's picture")
async def show_avatar(doorway: NamedDependency[Doorway], account: NamedDependency[Account]) -> Response[bytes]:
    """Return the avatar of the account."""
    key = account.options.get("avatar")
    if not key:
        raise NotFound("There is no picture.")
    data = await doorway.house.blobs.get(str(key))
    return Response(data, media_type="image/jpeg", headers={"cache-control": "public, max-age=3600"})


@get("/events", summary="Hear that something changed (server-sent events)")
async def listen(
    doorway: NamedDependency[Doorway],
    account: NamedDependency[Account],
    handle: NamedDependency[str],
    streams: NamedDependency[Streams],
) -> ServerSentEvent:
    """Send `change` when the thread is to be read anew, `typing` while somebody writes, `picture` while one is painted."""
    streams.check(handle)
    return ServerSentEvent(_hear_in_turn(doorway, account, handle, streams), retry_duration=2000)


async def _hear_in_turn(
    doorway: Doorway, account: Account, handle: str, streams: Streams
) -> AsyncIterator[ServerSentEventMessage]:
    """Hear in a place of one's own; a stream that lost the race for the last place just ends."""
    with suppress(RateLimited), streams.place(handle):
        async for message in _hear(doorway, account, handle):
            yield message


async def _hear(doorway: Doorway, account: Account, handle: str) -> AsyncIterator[ServerSentEventMessage]:
    conversation = await _wait_for_conversation(doorway, account, handle)
    while conversation is None:
        yield ServerSentEventMessage(comment="ping")
        async with doorway.house.app.unit(account.agency_id) as unit:
            if await find_fan(unit, PLATFORM, handle) is None:  # forgotten before the first word
                return
        conversation = await _wait_for_conversation(doorway, account, handle)
    async with doorway.house.live.subscribe(conversation.id) as queue:
        yield ServerSentEventMessage(event="change", data="{}")
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), PING_S)
            except TimeoutError:
                yield ServerSentEventMessage(comment="ping")
                continue
            kind = event.pop("event", "change")
            if kind == "gone":  # the fan was forgotten
                return
            yield ServerSentEventMessage(event=str(kind), data=msgspec.json.encode(event).decode())


async def _wait_for_conversation(doorway: Doorway, account: Account, handle: str) -> Conversation | None:
    """Return the fan's conversation as soon as the first message made it; none after one ping's time."""
    async with doorway.house.live.subscribe(UUID(handle)) as queue:
        for _ in range(int(PING_S / LOOK_S)):
            async with doorway.house.app.unit(account.agency_id) as unit:
                found = await conversation_of(unit, account.id, handle)
            if found is not None:
                return found
            with suppress(TimeoutError):  # the word may have been lost, so look all the same
                await asyncio.wait_for(queue.get(), LOOK_S)
    return None


async def _conversation(doorway: Doorway, account: Account, handle: str) -> Conversation:
    async with doorway.house.app.unit(account.agency_id) as unit:
        found = await conversation_of(unit, account.id, handle)
    if found is None:
        raise NotFound("There is no such thing here.")
    return found


async def _is_known(request: Request[Any, Any, Any], sessions: FanSessions, account: Account, unit: Any) -> bool:
    try:
        handle = sessions.read(account, request.cookies)
    except Refused:
        return False
    return await find_fan(unit, PLATFORM, handle) is not None


async def _limit(doorway: Doorway, key: str, per_minute: int, burst: int | None = None) -> None:
    if wait := await doorway.house.limiter.wait_for(key, per_minute, burst or per_minute):
        raise RateLimited("That was a little fast; wait a moment.", wait)


async def _limit_looks(doorway: Doorway, handle: str) -> None:
    """Slow down what no person does: reading the chat or its pictures many times a second."""
    await _limit(doorway, f"look:{handle}", LOOKS_PER_MINUTE, LOOKS_AT_ONCE)


def _avatar(account: Account) -> str | None:
    return f"/chat/{account.key}/avatar" if account.options.get("avatar") else None


def webchat_routers(sessions: FanSessions) -> list[Router]:
    """Return the page's routes and its static files."""
    streams = Streams()
    chat = Router(
        "/chat/{account_key:str}",
        route_handlers=[show_page, show_privacy, show_entrance, enter, read, write, unlock, show_media, show_avatar, listen],
        dependencies={
            "account": Provide(provide_account),
            "handle": Provide(provide_handle),
            "sessions": Provide(lambda: sessions, sync_to_thread=False),
            "streams": Provide(lambda: streams, sync_to_thread=False),
        },
        tags=["Chat page"],
    )
    return [chat, create_static_files_router("/chat-static", [STATIC], name="chat-static", include_in_schema=False)]
