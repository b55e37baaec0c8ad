"""How often each policy rule fired, by month and rule pack: what a yearly report asks for, and nothing about anybody.

A trigger counts what a turn's record names, in the turn's own transaction: a turn that is thought again counts once.
"""

from __future__ import annotations

from datetime import date

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
