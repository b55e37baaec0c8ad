"""What must hold in the ledger whatever happened: each query of `sql/ledger.sql` finds what breaks one invariant.

Every invariant is one statement, so it sees one moment of a database that goes on working, and costs one pass over its tables.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from storage import sweep
from storage.database import Database
from storage.deliveries import STUCK_S
from storage.queries import Queries, Query
from storage.unit import Unit

LEDGER = Queries("ledger")
SETTLED_WITHIN_S = 60.0  # the sweep has so long to find a hanging send


class Found(Struct, frozen=True):
    """One row that breaks an invariant, in a conversation where it belongs to one; `total` is how many there are."""

    id: UUID
    conversation_id: UUID | None
    detail: str
    total: int


class Violation(Struct, frozen=True):
    """An invariant that does not hold in an agency: what it says, how many rows break it, and the first of them."""

    invariant: str
    sentence: str
    agency_id: UUID
    total: int
    rows: tuple[Found, ...]


INVARIANTS: tuple[Query, ...] = (
    LEDGER["answered_by_nobody"],
    LEDGER["answered_elsewhere"],
    LEDGER["turn_over_nothing"],
    LEDGER["turn_without_reply"],
    LEDGER["hold_without_draft"],
    LEDGER["unanswered_asleep"],
    LEDGER["fence_backwards"],
    LEDGER["fence_ahead"],
    LEDGER["epoch_ahead"],
    LEDGER["delivery_without_cause"],
    LEDGER["delivery_astray"],
    LEDGER["message_without_delivery"],
    LEDGER["message_with_deliveries"],
    LEDGER["parts_out_of_order"],
    LEDGER["sent_after_doubt"],
    LEDGER["draft_astray"],
    LEDGER["purchase_astray"],
    LEDGER["bought_twice"],
    LEDGER["price_without_promo"],
    LEDGER["promo_overrun"],
    LEDGER["redeemed_unpaid"],
    LEDGER["forgotten_yet_known"],
    LEDGER["remains_overdue"],
    LEDGER["link_without_person"],
    LEDGER["person_without_link"],
    LEDGER["credits_unbalanced"],
    LEDGER["credits_astray"],
    LEDGER["credits_settled_twice"],
    LEDGER["post_out_twice"],
    LEDGER["post_hanging"],
    LEDGER["post_overlooked"],
    LEDGER["series_without_post"],
)
HANGING = LEDGER["sending_too_long"]


async def check_ledger(app: Database, sweeping: Database, limit: int = 20) -> list[Violation]:
    """Check every agency and return what does not hold, at most `limit` rows of each. Raises `Unavailable`."""
    violations = []
    for agency_id in await sweep.agencies_with_accounts(sweeping):
        for query in (*INVARIANTS, HANGING):
            async with app.unit(agency_id) as unit:
                rows = await _find(unit, query, limit)
            if rows:
                violations.append(Violation(query.name, query.doc, agency_id, rows[0].total, tuple(rows)))
    return violations


async def _find(unit: Unit, query: Query, limit: int) -> list[Found]:
    given = (limit, STUCK_S + SETTLED_WITHIN_S) if query is HANGING else (limit,)
    return await query.all(unit, Found, *given)
