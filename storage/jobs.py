"""Wake-ups: ARQ jobs that say where work may wait. They carry ids only, mean nothing by themselves and may be lost.

ARQ looks into its queue twice a second by default; a message on `WAKE` lets the worker look at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.exceptions import RedisError

from core.errors import Unavailable
from core.log import get_logger

QUEUE = "muse:turns"
WAKE = "muse:wake"
REDIS_AWAY = (RedisError, OSError)
log = get_logger(__name__)


class Jobs:
    """Sends wake-ups to the workers. A failure is logged and swallowed: the sweep finds the work."""

    def __init__(self, redis: ArqRedis) -> None:
        """Use an open connection pool."""
        self._redis = redis

    async def reply_to_fan(self, agency_id: UUID, conversation_id: UUID, after_s: float = 0) -> None:
        """Somebody should look whether a turn is due in this conversation."""
        await self._wake("ReplyToFan", agency_id, conversation_id, after_s)

    async def reply_to_fans(self, due: Sequence[tuple[UUID, UUID, float]]) -> None:
        """Wake many turns, as (agency, conversation, seconds from now), in one round trip."""
        if not due:
            return
        now = timestamp_ms()
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for agency_id, conversation_id, after_s in due:
                    job_id, later_ms = uuid4().hex, int(after_s * 1000)
                    args = (str(agency_id), str(conversation_id))
                    job = serialize_job("ReplyToFan", args, {}, None, now, serializer=serialize)
                    pipe.psetex(job_key_prefix + job_id, later_ms + self._redis.expires_extra_ms, job)
                    pipe.zadd(QUEUE, {job_id: now + later_ms})
                pipe.publish(WAKE, "ReplyToFan")
                await pipe.execute()
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

    async def answer_checkout(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should say at once whether a payment in this conversation may go on."""
        await self._wake("AnswerCheckout", agency_id, conversation_id, 0)

    async def hand_over(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Somebody should look whether bought pictures are to be sent in this conversation."""
        await self._wake("HandOver", agency_id, conversation_id, 0)

    async def refund_purchase(self, agency_id: UUID, purchase_id: UUID) -> None:
        """Somebody should ask the platform to give a payment back."""
        await self._wake("RefundPurchase", agency_id, purchase_id, 0)

    async def _wake(self, job: str, agency_id: UUID, subject_id: UUID, after_s: float) -> None:
        try:
            await self._redis.enqueue_job(job, str(agency_id), str(subject_id), _defer_by=timedelta(seconds=after_s))
            await self._redis.publish(WAKE, job)
        except REDIS_AWAY as error:
            log.warning("wake_up_lost", job=job, subject=str(subject_id), error=type(error).__name__)


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
