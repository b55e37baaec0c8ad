"""Reading the chat and writing in it."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from core.errors import BadInput
from core.log import correlated
from core.nouns import Account
from gateway.doorway import Doorway
from gateway.webchat.limits import TEXT_LIMIT, slow_down, slow_looks
from gateway.webchat.thread import ThreadItem, show_items
from gateway.webchat.wording import PageWords
from storage.conversations import conversation_of, read_thread
from storage.fans import load_fan
from storage.pictures import Underway, underway

FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that look like nothing."""


class Written(Struct, frozen=True):
    """A fan's message; `key` is the page's own id of it, so that a repeat is no second message."""

    key: UUID
    text: Annotated[str, Meta(min_length=1)]


class ThreadView(Struct, frozen=True):
    """The chat so far, and the pictures that are being made for the fan."""

    items: list[ThreadItem]
    pictures: list[Underway] = []


@get("/thread", summary="Read the chat")
async def read(
    doorway: NamedDependency[Doorway],
    account: NamedDependency[Account],
    handle: NamedDependency[str],
    words: NamedDependency[PageWords],
    after: FromQuery[UUID | None] = None,
) -> ThreadView:
    """Return the fan's own chat with this account, oldest first; `after` leaves out what the page has."""
    await slow_looks(doorway, handle)
    async with doorway.house.app.unit(account.agency_id) as unit:
        conversation = await conversation_of(unit, account.id, handle)
        if conversation is None:
            return ThreadView([])
        fan = await load_fan(unit, conversation.id)
        items = await show_items(unit, account, fan, await read_thread(unit, conversation.id, after), words)
        return ThreadView(items, await underway(unit, conversation.id))


@post("/messages", status_code=HTTP_202_ACCEPTED, summary="Write")
async def write(
    doorway: NamedDependency[Doorway],
    account: NamedDependency[Account],
    handle: NamedDependency[str],
    words: NamedDependency[PageWords],
    data: JSONBody[Written],
) -> Response[dict[str, Any]]:
    """Take a fan's message; the same key again is no second message. Raises `BadInput` for one in which nothing can be seen."""
    if len(data.text) > TEXT_LIMIT:
        return Response({"status_code": 413, "detail": f"A message may have {TEXT_LIMIT} characters."}, status_code=413)
    if not shows_something(data.text):
        raise BadInput(words.say("empty"))
    await slow_down(doorway, f"webchat:{account.id}:{handle}", doorway.settings.webchat_per_minute, burst=8)
    body = {"key": data.key, "text": data.text, "handle": handle, "at": doorway.clock.now()}
    correlation_id = uuid4().hex
    with correlated(correlation_id):
        (written,) = await doorway.take_in(account, msgspec.json.encode(body), correlation_id)
    await doorway.house.live.publish(UUID(handle), {"event": "change"})  # for a page that waits for its conversation to begin
    return Response({"id": written.message_id, "fresh": written.fresh})


def shows_something(text: str) -> bool:
    """Say whether a text has anything to be seen: a letter, a number or a sign; blanks, joiners and bare accents are none."""
    return any(unicodedata.category(one)[0] in "LNPS" and one not in FILLERS for one in text)
