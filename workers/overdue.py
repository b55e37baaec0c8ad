"""Turns that an analyst should have read by now: who wakes their job again, and how often."""

from __future__ import annotations

from uuid import UUID

from storage.analysis import list_overdue
from workers.engine import Engine

OVERDUE_S = 600
"""Seconds between two tries at a turn that no analyst has read."""


async def wake_overdue(engine: Engine, agency_id: UUID, most: int | None = None) -> None:
    """Wake the job for turns that should have been read by now, oldest first; `most`: so many at most."""
    if engine.analyst is None:
        return
    async with engine.house.app.unit(agency_id) as unit:
        overdue = await list_overdue(unit)
    woken = 0
    for turn_id in overdue:
        if woken == most:
            return
        if await engine.house.locks.pass_once(_pass(turn_id), OVERDUE_S):
            await engine.house.jobs.analyse_turn(agency_id, turn_id)
            woken += 1


async def put_off(engine: Engine, turn_id: UUID) -> None:
    """Let a turn that found no place be woken again before its seconds are over."""
    await engine.house.locks.reopen(_pass(turn_id))


def _pass(turn_id: UUID) -> str:
    return f"sweep:analyse:{turn_id}"
