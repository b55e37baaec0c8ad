"""`Sweep`: look for work whose wake-up was lost, every few seconds, across all agencies.

With Redis wiped at any moment, this and the dispatchers' own looks find all work again.
"""

from __future__ import annotations

from typing import Any

from core.errors import MuseError
from core.log import get_logger
from storage import sweep
from workers.engine import Engine

REMEMBERED_S = 5
READ_TALK_S = 30
TOLD_S = 300
"""Seconds between two looks at a chat whose picture waits for a person: while one has the chat, nothing is said."""

log = get_logger(__name__)


async def sweep_house(ctx: dict[str, Any]) -> None:
    """Wake what waits; what was woken a moment ago is left alone."""
    engine: Engine = ctx["engine"]
    house = engine.house
    try:
        for delivery in await sweep.open_deliveries(house.sweep):
            if await _first(engine, f"delivery:{delivery.id}"):
                engine.outbox.wake(delivery.agency_id, delivery.id)
        for file in await sweep.waiting_media(house.sweep):
            if await _first(engine, f"media:{file.id}"):
                await house.jobs.fetch_media(file.agency_id, file.id)
        for payment in await sweep.open_checkouts(house.sweep):
            await house.jobs.answer_checkout(payment.agency_id, payment.id)
        if engine.settings.image_wait_s:
            for late in await sweep.held_pictures(house.sweep, engine.settings.image_wait_s):
                if await house.locks.pass_once(f"sweep:waits:{late.id}", TOLD_S):
                    await house.jobs.hand_picture(late.agency_id, late.id)
        for kind, waiting, wake in (
            ("handover", sweep.open_handovers, house.jobs.hand_over),
            ("picture", sweep.owed_pictures, house.jobs.hand_picture),
            ("refund", sweep.waiting_refunds, house.jobs.refund_purchase),
            ("post", sweep.due_posts, house.jobs.publish_post),
            ("series", sweep.due_series, house.jobs.plan_posts),
        ):
            for one in await waiting(house.sweep):
                if await _first(engine, f"{kind}:{one.id}"):
                    await wake(one.agency_id, one.id)
        for kind, agencies, wake_agency in (
            ("remains", sweep.agencies_with_pending_deletions, house.jobs.drop_remains),
            ("facts", sweep.agencies_with_unindexed_facts, house.jobs.index_facts),
            ("episodes", sweep.agencies_with_unindexed_episodes, house.jobs.index_episodes),
        ):
            for agency_id in await agencies(house.sweep):
                if await _first(engine, f"{kind}:{agency_id}"):
                    await wake_agency(agency_id)
        for agency_id in await sweep.agencies_with_leftovers(house.sweep):
            if await _first(engine, f"leftovers:{agency_id}"):
                await house.jobs.index_facts(agency_id)
                await house.jobs.index_episodes(agency_id)
        for agency_id in await sweep.agencies_with_another_embedder(house.sweep, engine.embedder.name):
            if await _first(engine, f"embedder:{agency_id}"):
                await house.jobs.change_embedder(agency_id)
        for agency_id in await sweep.agencies_with_accounts(house.sweep):
            if await house.locks.pass_once(f"sweep:talk:{agency_id}", READ_TALK_S):
                await house.jobs.remember_said(agency_id)  # whether anything was said is not this role's to see
    except MuseError as error:
        log.warning("sweep_put_off", error=type(error).__name__)


async def _first(engine: Engine, name: str) -> bool:
    """Say whether nobody was woken for this in the last seconds; two wake-ups do no harm, thousands would."""
    return await engine.house.locks.pass_once(f"sweep:{name}", REMEMBERED_S)
