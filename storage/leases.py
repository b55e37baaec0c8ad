"""Leases: the right to think one turn, given out many at once, kept alive, and looked at while it runs.

Postgres's clock decides who holds a lease. A commit needs the fencing token that the claim gave out; a worker that lost its
lease writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.errors import LeaseLost, Stale
from core.ids import new_id
from core.nouns import Lease
from storage.database import Database
from storage.queries import Queries
from storage.unit import Unit

TURNS = Queries("turns")


class Claims(Struct, frozen=True):
    """What a claim gave: leases, and after how many seconds the next turn falls due, if one is known."""

    leases: list[Lease]
    next_s: float | None


class Reading(Struct, frozen=True):
    """What an attempt answers, and what makes it stale.

    `interrupts`: also what came after the turn was due; `cut`: the burst is not all that waits, by intent; `final`: nothing
    does, it was thought anew often enough.
    """

    lease: Lease
    burst: list[UUID]
    revision: int
    interrupts: bool = False
    cut: bool = False
    final: bool = False

    def arguments(self) -> tuple[UUID, int, list[UUID], int, bool, bool, bool]:
        """Return what `turn_state` is asked with."""
        lease = self.lease
        return lease.conversation_id, lease.fence, self.burst, self.revision, self.interrupts, self.cut, self.final


class _Claim(Struct, frozen=True):
    agency_id: UUID | None
    conversation_id: UUID | None
    turn_id: UUID | None
    fence: int | None
    attempts: int | None
    wait_s: float | None


class _Kept(Struct, frozen=True):
    id: UUID


async def claim_turns(
    database: Database, worker: str, lease_s: float, wanted: int, per_influencer: int, *, ahead: bool = True
) -> Claims:
    """Lease at most `wanted` turns across agencies, fairly between influencers; with `ahead` also before they are due.

    Raises `Unavailable`.
    """
    turn_ids = [new_id() for _ in range(wanted)]
    async with database.statement() as unit:
        rows = await TURNS["claim"].all(unit, _Claim, worker, lease_s, turn_ids, per_influencer, ahead)
    leases = [_lease(row) for row in rows if row.conversation_id is not None]
    return Claims(leases, next((row.wait_s for row in rows if row.conversation_id is None), None))


def _lease(row: _Claim) -> Lease:
    if row.agency_id is None or row.conversation_id is None or row.turn_id is None:
        raise ValueError("a claim without its ids")
    return Lease(row.agency_id, row.conversation_id, row.turn_id, row.fence or 0, row.attempts or 0)


async def keep_leases(database: Database, leases: Sequence[Lease], lease_s: float) -> set[UUID]:
    """Keep leases alive; return the conversations whose lease is still its holder's. Raises `Unavailable`."""
    async with database.statement() as unit:
        kept = await TURNS["keep"].all(
            unit, _Kept, [lease.conversation_id for lease in leases], [lease.fence for lease in leases], lease_s
        )
    return {row.id for row in kept}


async def wake_asleep(database: Database, older_s: float) -> int:
    """Make due, across agencies, what waits unanswered for so long and is due at no time; return how many were woken."""
    async with database.statement() as unit:
        return int(await TURNS["wake_asleep"].value(unit, older_s))


async def look_at(unit: Unit, reading: Reading) -> None:
    """See whether an attempt is still worth its while. Raises `LeaseLost`, `Stale`."""
    refuse(await TURNS["state"].value(unit, *reading.arguments()))


def refuse(state: str | None) -> None:
    """Raise what a turn's state says: `LeaseLost` or `Stale`."""
    if state == "stale":
        raise Stale("The fan went on meanwhile.")
    if state is None or state == "lost":
        raise LeaseLost("Another worker or a person owns this conversation now.")


async def give_back(unit: Unit, lease: Lease, error: str | None, after_s: float, *, counted: bool = True) -> None:
    """End a lease without a turn; it is tried again. An attempt that is not counted was nobody's fault."""
    await TURNS["give_back"].run(unit, lease.conversation_id, lease.fence, error, after_s, 0 if counted else 1)
