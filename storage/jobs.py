"""Wake-ups: ARQ jobs that say where work may wait. They carry ids only, mean nothing by themselves and may be lost.

ARQ looks into its queue twice a second by default; a message on `WAKE` lets the worker look at once. Turns have no jobs at all:
a message on `TURNS` names the conversations in which something changed, and dispatchers claim from Postgres.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

from core.errors import Unavailable
from core.log import get_logger

QUEUE = "muse:turns"
MEDIA_QUEUE = "muse:media"
WAKE = "muse:wake"
TURNS = "muse:wake:turns"
AWAY_S = 0.5
REDIS_AWAY = (RedisError, OSError)
log = get_logger(__name__)


class Jobs:
    """Sends wake-ups to the workers. A failure is logged and swallowed: the sweep finds the work."""

    def __init__(self, redis: ArqRedis) -> None:
        """Use an open connection pool."""
        self._redis = redis

    async def reply_to_fan(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should look whether a turn may be thought in this conversation."""
        await self.reply_to_fans([(agency_id, conversation_id, 0.0)])

    async def reply_to_fans(self, due: Sequence[tuple[UUID, UUID, float]]) -> None:
        """Wake the dispatchers for many turns, as (agency, conversation, seconds until due), in one round trip.

        No job is made of it: a dispatcher takes what is due from Postgres, also when it heard nothing.
        """
        if not due:
            return
        try:
            await self._redis.publish(TURNS, b"".join(conversation.bytes for _, conversation, _ in due))
        except REDIS_AWAY as error:
            log.warning("wake_ups_lost", count=len(due), error=type(error).__name__)

    async def deliver_messages(self, agency_id: UUID, conversation_id: UUID, after_s: float = 0) -> None:
        """Somebody should look whether something is to be sent in this conversation."""
        await self._wake("DeliverMessages", agency_id, conversation_id, after_s)

    async def fetch_media(self, agency_id: UUID, media_id: UUID, after_s: float = 0) -> None:
        """Somebody should fetch a fan's file."""
        await self._wake("FetchMedia", agency_id, media_id, after_s)

    async def index_facts(self, agency_id: UUID) -> None:
        """Somebody should bring the agency's new facts into the vector index."""
        await self._wake("IndexFacts", agency_id, agency_id, 0)

    async def index_episodes(self, agency_id: UUID) -> None:
        """Somebody should give the agency's new episodes their vectors."""
        await self._wake("IndexEpisodes", agency_id, agency_id, 0)

    async def change_embedder(self, agency_id: UUID) -> None:
        """Somebody should go on making the agency's vectors with the embedder that is set."""
        await self._wake("ChangeEmbedder", agency_id, agency_id, 0)

    async def analyse_turn(self, agency_id: UUID, turn_id: UUID) -> None:
        """Somebody should look what the fan told in a turn's messages."""
        await self._wake("AnalyseTurn", agency_id, turn_id, 0)

    async def summarise_conversation(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should write the summary of a conversation whose window has grown long."""
        await self._wake("SummariseConversation", agency_id, conversation_id, 0)

    async def remember_said(self, agency_id: UUID) -> None:
        """Somebody should read for memory what the agency's conversations said."""
        await self._wake("RememberSaid", agency_id, agency_id, 0)

    async def answer_checkout(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should say at once whether a payment in this conversation may go on."""
        await self._wake("AnswerCheckout", agency_id, conversation_id, 0)

    async def hand_over(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should look whether bought pictures are to be sent in this conversation."""
        await self._wake("HandOver", agency_id, conversation_id, 0)

    async def refund_purchase(self, agency_id: UUID, purchase_id: UUID) -> None:
        """Somebody should ask the platform to give a payment back."""
        await self._wake("RefundPurchase", agency_id, purchase_id, 0)

    async def hand_picture(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should look whether a picture, or a word about one, is to be sent in this conversation."""
        await self._wake("HandPicture", agency_id, conversation_id, 0)

    async def paint_pictures(self, agency_id: UUID, job_id: UUID) -> None:
        """A media worker should look into the queue of pictures."""
        await self._wake("PaintPictures", agency_id, job_id, 0, MEDIA_QUEUE)

    async def publish_post(self, agency_id: UUID, post_id: UUID, after_s: float = 0) -> None:
        """Somebody should look whether a post is to go out."""
        await self._wake("PublishPost", agency_id, post_id, after_s)

    async def plan_posts(self, agency_id: UUID, series_id: UUID) -> None:
        """Somebody should put the next post of a plan that comes again on the calendar."""
        await self._wake("PlanPosts", agency_id, series_id, 0)

    async def drop_remains(self, agency_id: UUID, after_s: float = 0) -> None:
        """Somebody should see to what is gone from the rows and may still lie in an index or among the files."""
        await self._wake("DropRemains", agency_id, agency_id, after_s)

    async def _wake(self, job: str, agency_id: UUID, subject_id: UUID, after_s: float, queue: str = QUEUE) -> None:
        wait = timedelta(seconds=after_s)
        try:
            await self._redis.enqueue_job(job, str(agency_id), str(subject_id), _defer_by=wait, _queue_name=queue)
            await self._redis.publish(WAKE, job)
        except REDIS_AWAY as error:
            log.warning("wake_up_lost", job=job, subject=str(subject_id), error=type(error).__name__)


async def hear_turns(redis: ArqRedis) -> AsyncIterator[list[UUID]]:
    """Give the conversations of each wake-up for turns, for ever; a Redis that goes away is waited for."""
    while True:
        try:
            async with redis.pubsub() as pubsub:
                await pubsub.subscribe(TURNS)
                async for message in pubsub.listen():
                    if message["type"] == "message":
                        data: bytes = message["data"]
                        yield [UUID(bytes=data[at : at + 16]) for at in range(0, len(data) - 15, 16)]
        except REDIS_AWAY as error:
            log.warning("wake_ups_away", error=type(error).__name__)
            await asyncio.sleep(AWAY_S)


def redis_settings(url: str) -> RedisSettings:
    """Return ARQ's settings for an address such as `redis://…` or `unix://:password@/path`."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_retries = 2
    settings.conn_retry_delay = 1
    return settings


async def open_queue(url: str) -> ArqRedis:
    """Connect to the queue. Raises `Unavailable`."""
    try:
        return await create_pool(
            redis_settings(url), default_queue_name=QUEUE, job_serializer=serialize, job_deserializer=msgspec.msgpack.decode
        )
    except REDIS_AWAY as error:
        raise Unavailable("Redis does not answer.") from error


def serialize(job: dict[str, Any]) -> bytes:
    """Write a job as MessagePack; what is no plain value becomes its description, never a pickle."""
    return msgspec.msgpack.encode(job, enc_hook=repr)
