"""`HandOver`: put bought pictures into the outbox, once for each purchase.

The purchase and its hand-over are one commit of the ingress; this turns the second into deliveries, under its row's lock.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from storage import handovers
from storage.accounts import load_account
from workers.engine import Engine

log = get_logger(__name__)


async def hand_over(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """See to every hand-over of a conversation that is not over."""
    engine: Engine = ctx["engine"]
    agency, conversation = UUID(agency_id), UUID(conversation_id)
    waits = False
    try:
        async with engine.house.app.unit(agency) as unit:
            for one in await handovers.open_handovers(unit, conversation):
                account = await load_account(unit, one.account_id)
                split = engine.platforms[account.platform].split
                waits |= await handovers.advance(unit, one, split, engine.clock.now())
    except MuseError as error:  # the sweep comes by again
        log.warning("handover_put_off", conversation=conversation_id, error=type(error).__name__, detail=str(error))
        return
    if waits:
        await engine.house.jobs.deliver_messages(agency, conversation)
        await engine.house.live.publish(conversation, {"event": "change"})
