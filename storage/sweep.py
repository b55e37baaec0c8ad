"""What waits, across agencies: ids and times only, read under the sweep role."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct

from storage.checkouts import PATIENCE_S
from storage.database import Database
from storage.presence import BEAT_S, LIVES_S
from storage.queries import Queries, Query

SWEEP = Queries("sweep")
LOOKED_S = 5.0


class Waiting(Struct, frozen=True):
    """Something of an agency that waits for a worker."""

    agency_id: UUID
    id: UUID


class Backlog(Struct, frozen=True):
    """How much waits; `oldest_s` is how long the oldest due turn has waited."""

    due_turns: int
    open_deliveries: int
    oldest_s: float


class _Agency(Struct, frozen=True):
    agency_id: UUID


class _Named(Struct, frozen=True):
    embedder: str


async def open_deliveries(sweep: Database) -> list[Waiting]:
    """Conversations with something to send, a send that hangs (its worker may be gone), or an echo that nobody settled."""
    async with sweep.statement() as unit:
        return await SWEEP["open_deliveries"].all(unit, Waiting, float(LIVES_S + BEAT_S))


async def waiting_media(sweep: Database) -> list[Waiting]:
    """Fans' files that were not fetched yet."""
    async with sweep.statement() as unit:
        return await SWEEP["waiting_media"].all(unit, Waiting)


async def agencies_with_unindexed_facts(sweep: Database) -> list[UUID]:
    """Agencies with facts that no vector index holds yet."""
    return await _agencies(sweep, SWEEP["unindexed_facts"])


async def agencies_with_unindexed_episodes(sweep: Database) -> list[UUID]:
    """Agencies with episodes that have no vector, or that no index holds yet."""
    return await _agencies(sweep, SWEEP["unindexed_episodes"])


async def agencies_with_leftovers(sweep: Database) -> list[UUID]:
    """Agencies some of whose rows are gone, and may still lie in an index."""
    return await _agencies(sweep, SWEEP["leftovers"])


async def agencies_with_another_embedder(sweep: Database, embedder: str) -> list[UUID]:
    """Agencies whose memory is not searched by this embedder yet, or that still have vectors of the one before."""
    return await _agencies(sweep, SWEEP["other_embedders"], embedder)


async def agencies_with_embedders(sweep: Database) -> list[UUID]:
    """Agencies whose memory has vectors."""
    return await _agencies(sweep, SWEEP["with_embedders"])


async def embedders_in_use(sweep: Database) -> list[str]:
    """Names of the embedders that some agency's memory is searched by, or was before and has vectors of."""
    async with sweep.statement() as unit:
        return [row.embedder for row in await SWEEP["embedders"].all(unit, _Named)]


async def agencies_with_unindexed_packs(sweep: Database, embedder: str) -> list[UUID]:
    """Agencies with packs whose words this embedder has not seen."""
    return await _agencies(sweep, SWEEP["unindexed_packs"], embedder)


async def agencies_with_accounts(sweep: Database) -> list[UUID]:
    """Agencies to which something may have come in."""
    return await _agencies(sweep, SWEEP["agencies"])


async def open_checkouts(sweep: Database) -> list[Waiting]:
    """Conversations with a payment that can still be answered in time."""
    async with sweep.statement() as unit:
        return await SWEEP["checkouts"].all(unit, Waiting, PATIENCE_S)


async def open_handovers(sweep: Database) -> list[Waiting]:
    """Conversations with bought pictures that are not surely with the fan."""
    async with sweep.statement() as unit:
        return await SWEEP["handovers"].all(unit, Waiting, LOOKED_S)


async def owed_pictures(sweep: Database) -> list[Waiting]:
    """Conversations that are still to hear of a picture."""
    async with sweep.statement() as unit:
        return await SWEEP["owed_pictures"].all(unit, Waiting)


async def held_pictures(sweep: Database, after_s: float) -> list[Waiting]:
    """Conversations with a picture that waits for a person for so long, of which the fan heard nothing."""
    async with sweep.statement() as unit:
        return await SWEEP["held_pictures"].all(unit, Waiting, after_s)


async def agencies_with_unkeyed_pictures(sweep: Database) -> list[UUID]:
    """Agencies with orders of pictures of which nobody has said yet what they may be painted with."""
    return await _agencies(sweep, SWEEP["unkeyed_pictures"])


async def waiting_refunds(sweep: Database) -> list[Waiting]:
    """Purchases that are to be given back."""
    async with sweep.statement() as unit:
        return await SWEEP["refunds"].all(unit, Waiting)


async def due_posts(sweep: Database) -> list[Waiting]:
    """Posts whose time has come, and such whose publishing hangs."""
    async with sweep.statement() as unit:
        return await SWEEP["posts"].all(unit, Waiting, float(LIVES_S + BEAT_S))


async def due_series(sweep: Database) -> list[Waiting]:
    """Plans that come again and need their next post."""
    async with sweep.statement() as unit:
        return await SWEEP["series"].all(unit, Waiting)


async def polling_accounts(sweep: Database) -> list[Waiting]:
    """Accounts that are fetched by long polling."""
    async with sweep.statement() as unit:
        return await SWEEP["polling"].all(unit, Waiting)


async def backlog(sweep: Database) -> Backlog:
    """Count what waits, for health and metrics."""
    async with sweep.statement() as unit:
        return await SWEEP["backlog"].one(unit, Backlog)


async def agencies_with_pending_deletions(sweep: Database) -> list[UUID]:
    """Agencies with something that is to vanish from indexes or files."""
    return await _agencies(sweep, SWEEP["pending_deletions"])


async def _agencies(sweep: Database, query: Query, *arguments: Any) -> list[UUID]:
    async with sweep.statement() as unit:
        return [row.agency_id for row in await query.all(unit, _Agency, *arguments)]
