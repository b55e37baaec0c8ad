"""`DeliverMessages`: send what waits in a conversation's outbox, in order, one at a time.

A delivery is claimed in Postgres before the call and settled after it. Between the two nobody knows; a worker that dies
there leaves a delivery that becomes `unknown` and is shown to a person, unless the platform takes repeats under one key.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from core.errors import CredentialExpired, EffectRefused, MuseError, OutcomeUnknown, RateLimited, Refused, TryLater, Unreachable
from core.log import correlated, get_logger
from core.outbound import PackPart
from core.ports import Platform
from shop.offers import offer_stands
from storage import deliveries
from storage.accounts import open_account
from storage.deliveries import Claimed
from workers.engine import Engine

ATTEMPTS = 8
LONGEST_PAUSE_S = 60.0
log = get_logger(__name__)


async def deliver_messages(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """Send until nothing may leave now; come back when the next may."""
    engine: Engine = ctx["engine"]
    agency, conversation = UUID(agency_id), UUID(conversation_id)
    try:
        await _settle_stuck(engine, agency, conversation)
        while (claimed := await _claim(engine, agency, conversation)) is not None:
            with correlated(claimed.correlation_id):
                await asyncio.shield(asyncio.ensure_future(_deliver(engine, agency, claimed)))
        async with engine.house.app.unit(agency) as unit:
            wait = await deliveries.seconds_until_open(unit, conversation)
        if wait is not None and wait > 0:
            await engine.house.jobs.deliver_messages(agency, conversation, wait)
    except MuseError as error:  # the sweep comes by again
        log.warning("delivery_put_off", conversation=conversation_id, error=type(error).__name__, detail=str(error))


async def _claim(engine: Engine, agency: UUID, conversation: UUID) -> Claimed | None:
    async with engine.house.app.unit(agency) as unit:
        return await deliveries.claim_next(unit, conversation, engine.name)


async def _deliver(engine: Engine, agency: UUID, claimed: Claimed) -> None:
    async with engine.house.app.unit(agency) as unit:
        account = await open_account(unit, engine.house.seal, claimed.account_id)
        part = claimed.decode()
        stands = not isinstance(part, PackPart) or await offer_stands(unit, part.offer_id)
    platform = engine.platforms[account.platform]
    try:
        if not claimed.reachable:
            raise Unreachable("The fan blocked the account.")
        if not stands:
            raise EffectRefused("The fan owns this pack by now, or its price has changed.")
        sent = await platform.send(account, claimed.chat, part, str(claimed.id))
    except Exception as error:
        await _settle_error(engine, agency, platform, claimed, error)
    else:
        async with engine.house.app.unit(agency) as unit:
            await deliveries.settle_sent(unit, claimed.id, claimed.message_id, sent)
        engine.figures.count("deliveries_sent")
        log.info("delivered", delivery=str(claimed.id), platform=platform.name, attempt=claimed.attempts)
    await engine.house.live.publish(claimed.conversation_id, {"event": "change"})


async def _settle_error(engine: Engine, agency: UUID, platform: Platform, claimed: Claimed, error: Exception) -> None:
    """Settle by the error's place in the tree; what is not ours may have happened before or after the first byte."""
    pause = min(LONGEST_PAUSE_S, 2.0**claimed.attempts)
    log.warning("not_delivered", delivery=str(claimed.id), platform=platform.name, error=type(error).__name__)
    async with engine.house.app.unit(agency) as unit:
        if isinstance(error, RateLimited):  # the platform's own wait is no failure, however often it asks
            await deliveries.settle_retry(unit, claimed.id, error.retry_after or pause, error)
            state = "retry"
        elif _may_repeat(error, platform) and claimed.attempts < ATTEMPTS:
            await deliveries.settle_retry(unit, claimed.id, pause, error)
            state = "retry"
        elif isinstance(error, Refused | TryLater | CredentialExpired):
            await deliveries.settle_not_sent(unit, claimed.id, error)
            if isinstance(error, Unreachable):
                await deliveries.mark_unreachable(unit, claimed.conversation_id)
            state = "not_sent"
        else:
            await deliveries.settle_unknown(unit, claimed.id, str(error))
            state = "unknown"
    engine.figures.count(f"deliveries_{state}")


def _may_repeat(error: Exception, platform: Platform) -> bool:
    if isinstance(error, OutcomeUnknown):
        return platform.policy.idempotent_sends
    return isinstance(error, TryLater | CredentialExpired)


async def _settle_stuck(engine: Engine, agency: UUID, conversation: UUID) -> None:
    async with engine.house.app.unit(agency) as unit:
        for stuck in await deliveries.find_stuck(unit, conversation, deliveries.STUCK_S):
            if engine.platforms[stuck.platform].policy.idempotent_sends:
                await deliveries.settle_retry(unit, stuck.id, 0.0, OutcomeUnknown("The sender died."))
            else:
                await deliveries.settle_unknown(unit, stuck.id, "The sender died between the call and its answer.")
