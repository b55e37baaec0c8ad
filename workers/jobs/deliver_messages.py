"""`DeliverMessages`: send what waits in a conversation's outbox, in order, one at a time.

A delivery is claimed in Postgres before the call and settled after it. Between the two nobody knows; a worker that dies
there leaves a delivery that becomes `unknown` and is shown to a person, unless the platform takes repeats under one key.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import CredentialExpired, EffectRefused, MuseError, OutcomeUnknown, RateLimited, Refused, TryLater, Unreachable
from core.log import correlated, get_logger
from core.nouns import Account
from core.outbound import Part
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
        while (ready := await _claim(engine, agency, conversation)) is not None:
            with correlated(ready.claimed.correlation_id):
                await asyncio.shield(asyncio.ensure_future(_deliver(engine, agency, ready)))
        async with engine.house.app.unit(agency) as unit:
            wait = await deliveries.seconds_until_open(unit, conversation)
        if wait is not None and wait > 0:
            await engine.house.jobs.deliver_messages(agency, conversation, wait)
    except MuseError as error:  # the sweep comes by again
        log.warning("delivery_put_off", conversation=conversation_id, error=type(error).__name__, detail=str(error))


class _Ready(Struct, frozen=True):
    """A claimed delivery with all that its sending needs."""

    claimed: Claimed
    account: Account
    part: Part
    stands: bool


async def _claim(engine: Engine, agency: UUID, conversation: UUID) -> _Ready | None:
    """Claim and prepare in one transaction: what fails before the call leaves the delivery unclaimed."""
    async with engine.house.app.unit(agency) as unit:
        claimed = await deliveries.claim_next(unit, conversation, engine.name)
        if claimed is None:
            return None
        account = await open_account(unit, engine.house.seal, claimed.account_id)
        offers = await deliveries.offers_beside(unit, claimed.id)
        stands = all([await offer_stands(unit, offer) for offer in offers])
        return _Ready(claimed, account, claimed.decode(), stands)


async def _deliver(engine: Engine, agency: UUID, ready: _Ready) -> None:
    claimed, platform = ready.claimed, engine.platforms[ready.account.platform]
    try:
        if not claimed.reachable:
            raise Unreachable("The fan blocked the account.")
        if not ready.stands:
            raise EffectRefused("An offer of this reply does not stand any more: bought, withdrawn or at another price.")
        sent = await platform.send(ready.account, claimed.chat, ready.part, str(claimed.id))
    except Exception as error:
        await _settle_error(engine, agency, ready, error)
    else:
        async with engine.house.app.unit(agency) as unit:
            await deliveries.settle_sent(unit, claimed.id, claimed.message_id, sent)
        engine.figures.count("deliveries_sent")
        log.info("delivered", delivery=str(claimed.id), platform=platform.name, attempt=claimed.attempts)
    await engine.house.live.publish(claimed.conversation_id, {"event": "change"})


async def _settle_error(engine: Engine, agency: UUID, ready: _Ready, error: Exception) -> None:
    """Settle by the error's place in the tree; what is not ours may have happened before or after the first byte."""
    claimed, account = ready.claimed, ready.account
    platform = engine.platforms[account.platform]
    pause = min(LONGEST_PAUSE_S, 2.0**claimed.attempts)
    log.warning("not_delivered", delivery=str(claimed.id), platform=platform.name, error=type(error).__name__)
    async with engine.house.app.unit(agency) as unit:
        if isinstance(error, RateLimited):  # the platform's own wait is no failure, however often it asks
            await deliveries.settle_retry(unit, claimed.id, error.retry_after or pause, error)
            state = "retry"
        elif _may_repeat(error, platform, account) and claimed.attempts < ATTEMPTS:
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


def _may_repeat(error: Exception, platform: Platform, account: Account) -> bool:
    if isinstance(error, OutcomeUnknown):
        return platform.may_repeat(account)
    return isinstance(error, TryLater | CredentialExpired)


async def _settle_stuck(engine: Engine, agency: UUID, conversation: UUID) -> None:
    async with engine.house.app.unit(agency) as unit:
        for stuck in await deliveries.find_stuck(unit, conversation, deliveries.STUCK_S):
            account = await open_account(unit, engine.house.seal, stuck.account_id)
            if engine.platforms[account.platform].may_repeat(account):
                await deliveries.settle_retry(unit, stuck.id, 0.0, OutcomeUnknown("The sender died."))
            else:
                await deliveries.settle_unknown(unit, stuck.id, "The sender died between the call and its answer.")
