"""Plans that come again: their rule, their anchor, and which slot of theirs stands on the calendar last."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from storage.queries import Queries
from storage.unit import Unit

SERIES = Queries("post_series")


class Series(Struct, frozen=True, kw_only=True):
    """A plan: `rule` as JSON, `anchor_at` its first local time in `zone`; `slot` stands on the calendar last, at `next_at`."""

    id: UUID
    influencer_id: UUID
    account_id: UUID
    rule: dict[str, Any]
    anchor_at: datetime
    zone: str
    target: str
    caption: str
    language: str
    made_by_ai: bool
    asset_ids: tuple[UUID, ...]
    late_s: int
    next_at: datetime
    made_by: str
    slot: int = 0
    skipped: int = 0
    active: bool = True


async def add_series(unit: Unit, series: Series) -> None:
    """Begin a plan."""
    await SERIES["add"].run(
        unit, series.id, series.influencer_id, series.account_id, series.rule, series.anchor_at, series.zone, series.target,
        series.caption, series.language, series.made_by_ai, list(series.asset_ids), series.late_s, series.next_at,
        series.made_by,
    )  # fmt: skip


async def lock_series(unit: Unit, series_id: UUID) -> Series | None:
    """Return a plan, held until the transaction ends; nothing for an unknown one."""
    return await SERIES["lock"].first(unit, Series, series_id)


async def move_series(unit: Unit, series_id: UUID, slot: int, next_at: datetime, skipped: int) -> None:
    """Another slot is the newest on the calendar now; so many were passed over."""
    await SERIES["move"].run(unit, series_id, slot, next_at, skipped)


async def end_series(unit: Unit, series_id: UUID) -> None:
    """A plan comes no more."""
    await SERIES["end"].run(unit, series_id)
