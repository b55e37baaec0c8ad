"""`RefundPurchase`: ask the platform to give a fan's payment back, as an operator ordered.

A refund may be repeated: the platform knows what it has given back. So an order whose outcome is unclear is tried again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError, RateLimited, Refused
from core.log import get_logger
from core.nouns import Account
from core.platforms import Refunder
from storage import purchases
from storage.accounts import open_account
from storage.purchases import RefundOrder
from workers.engine import Engine

LONGEST_PAUSE_S = 300.0
log = get_logger(__name__)


async def refund_purchase(ctx: dict[str, Any], agency_id: str, purchase_id: str) -> None:
    """Give one payment back, if that was ordered and is not done."""
    engine: Engine = ctx["engine"]
    agency = UUID(agency_id)
    try:
        async with engine.house.app.unit(agency) as unit:
            order = await purchases.claim_refund(unit, UUID(purchase_id))
            if order is None:
                return
            account = await open_account(unit, engine.house.seal, order.account_id)
        await _refund(engine, agency, order, account)
        await engine.house.live.publish(order.conversation_id, {"event": "change"})
    except MuseError as error:  # the sweep comes by again
        log.warning("refund_put_off", purchase=purchase_id, error=type(error).__name__, detail=str(error))


async def _refund(engine: Engine, agency: UUID, order: RefundOrder, account: Account) -> None:
    error = await _ask(engine, order, account)
    async with engine.house.app.unit(agency) as unit:
        if error is None:
            await purchases.settle_refunded(unit, order)
        elif isinstance(error, Refused):
            await purchases.settle_refund_refused(unit, order, error)
        else:
            hint = error.retry_after if isinstance(error, RateLimited) else None
            await purchases.settle_refund_later(unit, order, error, hint or min(LONGEST_PAUSE_S, 2.0**order.attempts))
    log.info("refund", purchase=str(order.purchase_id), outcome=type(error).__name__ if error else "done")
    engine.figures.count("refunds_done" if error is None else "refunds_failed")


async def _ask(engine: Engine, order: RefundOrder, account: Account) -> MuseError | None:
    platform = engine.platforms[account.platform]
    if not isinstance(platform, Refunder):  # a sandbox of ours took no money
        return None if order.sandbox else Refused(f"Payments on {platform.name} cannot be given back from here.")
    try:
        await platform.refund(account, order.handle, order.charge_key, order.payload, order.purchased_at)
    except MuseError as error:
        return error
    return None
