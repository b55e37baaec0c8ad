"""The page's event stream: what a fan hears while the page is open, from before their first word on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.response import ServerSentEvent, ServerSentEventMessage

from core.errors import RateLimited
from core.nouns import Account, Conversation
from gateway.doorway import Doorway
from gateway.hearing import PING_S, hear
from gateway.webchat.streams import Streams
from gateway.webchat.visitors import PLATFORM
from storage.conversations import conversation_of
from storage.fans import find_fan

LOOK_S = 3.0


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
    async for message in hear(doorway, conversation.id):
        yield message


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
