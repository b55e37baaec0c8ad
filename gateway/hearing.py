"""Server-sent events: what is published live, as a stream for whoever looks on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
from litestar.response import ServerSentEventMessage

from gateway.doorway import Doorway

PING_S = 15.0
"""So often something is said on a quiet stream, lest somebody between us and the reader closes it."""


async def hear(doorway: Doorway, topic: UUID) -> AsyncIterator[ServerSentEventMessage]:
    """Say `change`, so that all is read anew, and then whatever is published under a topic, until it is `gone`."""
    async with doorway.house.live.subscribe(topic) as queue:
        yield ServerSentEventMessage(event="change", data="{}")
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), PING_S)
            except TimeoutError:
                yield ServerSentEventMessage(comment="ping")
                continue
            kind = str(event.pop("event", "change"))
            if kind == "gone":  # the fan was forgotten
                return
            yield ServerSentEventMessage(event=kind, data=msgspec.json.encode(event).decode())
