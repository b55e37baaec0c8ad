"""How often each policy rule fired, by month and rule pack: what a yearly report asks for, and nothing about anybody.

A trigger counts what a turn's record names, in the turn's own transaction: a turn that is thought again counts once.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from storage.queries import Queries
from storage.unit import Unit

COUNTS = Queries("policy_counts")


class Counted(Struct, frozen=True):
    """How many turns a rule fired in, in the month that begins on `month`, under a rule pack."""

    month: date
    rule: str
    pack: str
    times: int


async def list_counts(unit: Unit, year: int) -> list[Counted]:
    """Return what the agency counted in a year."""
    return await COUNTS["of_year"].all(unit, Counted, year)


async def load_region(unit: Unit, fan_id: UUID | None = None) -> str | None:
    """Return the region that was named for a fan, or else for the agency."""
    found = await (COUNTS["agency_region"].value(unit) if fan_id is None else COUNTS["fan_region"].value(unit, fan_id))
    return None if found is None else str(found)


async def set_region(unit: Unit, region: str | None, fan_id: UUID | None = None) -> None:
    """Name the region of a fan (in all their linked chats), or else of the agency."""
    if fan_id is None:
        await COUNTS["set_agency_region"].run(unit, region or "strictest")
    else:
        await COUNTS["set_fan_region"].run(unit, fan_id, region)
