"""Live events over Redis pub/sub: who looks at a conversation now hears that something changed, and reads it anew.

One connection per process listens for all conversations and hands events on to the listeners in it. Events carry ids and
kinds, never text; whoever missed one reads the thread.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.log import get_logger

PREFIX = "muse:live:"
CHANGES = "muse:live"  # the conversations of a whole flush in one message, 16 bytes each
KEPT = 64
log = get_logger(__name__)


class Live:
    """Publishes for all, and listens once for all listeners of this process."""

    def __init__(self, redis: Redis) -> None:
        """Use an open connection pool; call `run` in a task to hear anything."""
        self._redis = redis
        self._listeners: defaultdict[str, set[asyncio.Queue[dict[str, Any]]]] = defaultdict(set)

    async def publish(self, conversation_id: UUID, event: Mapping[str, Any]) -> None:
        """Tell whoever listens; a failure is swallowed and logged."""
        try:
            await self._redis.publish(f"{PREFIX}{conversation_id}", msgspec.json.encode(event))
        except (RedisError, OSError) as error:
            log.warning("live_event_lost", conversation=str(conversation_id), error=type(error).__name__)

    async def publish_change(self, conversations: Sequence[UUID]) -> None:
        """Tell the listeners of many conversations that something changed, in one message."""
        if not conversations:
            return
        try:
            await self._redis.publish(CHANGES, b"".join(conversation_id.bytes for conversation_id in conversations))
        except (RedisError, OSError) as error:
            log.warning("live_events_lost", count=len(conversations), error=type(error).__name__)

    @asynccontextmanager
    async def subscribe(self, conversation_id: UUID) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
        """Hear the events of one conversation, in a queue that forgets the oldest when it is full."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(KEPT)
        key = str(conversation_id)
        self._listeners[key].add(queue)
        try:
            yield queue
        finally:
            self._listeners[key].discard(queue)
            if not self._listeners[key]:
                del self._listeners[key]

    async def run(self) -> None:
        """Listen until cancelled; after a lost connection every listener is told to read anew."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("live_listener_lost", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as pubsub:
            await pubsub.psubscribe(f"{PREFIX}*")
            await pubsub.subscribe(CHANGES)
            for key in list(self._listeners):
                self._hand_on(key, {"event": "change"})
            async for message in pubsub.listen():
                if message["type"] == "message":
                    for key in [key for key in self._listeners if UUID(key).bytes in message["data"]]:
                        self._hand_on(key, {"event": "change"})
                elif message["type"] == "pmessage":
                    with suppress(msgspec.DecodeError):
                        self._hand_on(message["channel"].decode().removeprefix(PREFIX), msgspec.json.decode(message["data"]))

    def _hand_on(self, key: str, event: dict[str, Any]) -> None:
        for queue in self._listeners.get(key, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)
