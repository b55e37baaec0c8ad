"""`AnswerCheckout`: say within seconds whether a fan's payment may go on.

The decision is written before the call: who comes by a second time says the same. What is not answered in time is no yes.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import EffectRefused, MuseError, Refused
from core.log import get_logger
from core.nouns import Account
from core.platforms import Checkouts
from shop.checkouts import check_checkout
from storage import checkouts
from storage.accounts import open_account
from storage.checkouts import Checkout, Decision
from storage.unit import Unit
from workers.engine import Engine

log = get_logger(__name__)


class _Ready(Struct, frozen=True):
    """A payment with all that its answer needs."""

    asked: Checkout
    account: Account
    decision: Decision


async def answer_checkout(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """Answer every payment of a conversation that still waits."""
    engine: Engine = ctx["engine"]
    agency = UUID(agency_id)
    try:
        async with engine.house.app.unit(agency) as unit:
            waiting = await checkouts.open_checkouts(unit, UUID(conversation_id))
            ready = [await _decide(engine, unit, one) for one in waiting]
        for one in ready:
            await _answer(engine, agency, one)
    except MuseError as error:  # the sweep comes by again, as long as there is time
        log.warning("checkout_put_off", conversation=conversation_id, error=type(error).__name__, detail=str(error))


async def _decide(engine: Engine, unit: Unit, checkout_id: UUID) -> _Ready:
    asked, reason = await checkouts.load_checkout(unit, checkout_id), None
    account = await open_account(unit, engine.house.seal, asked.account_id)
    try:
        await check_checkout(unit, asked, engine.platforms[account.platform].policy)
    except EffectRefused as refusal:
        reason = str(refusal)
    decision = await checkouts.decide(unit, asked.id, reason)
    return _Ready(asked, account, decision)


async def _answer(engine: Engine, agency: UUID, one: _Ready) -> None:
    platform, too_late = engine.platforms[one.account.platform], None
    if not isinstance(platform, Checkouts):
        raise Refused(f"{platform.name} asks for no answers.")
    try:
        await platform.answer_checkout(one.account, one.asked.query_key, one.decision.reason)
    except Refused as error:
        too_late = str(error)
    async with engine.house.app.unit(agency) as unit:
        await checkouts.settle_answered(unit, one.asked.id, one.decision, too_late)
    outcome = "late" if too_late else "accepted" if one.decision.accepted else "refused"
    engine.figures.count(f"checkouts_{outcome}")
    log.info("checkout_answered", checkout=str(one.asked.id), outcome=outcome)
