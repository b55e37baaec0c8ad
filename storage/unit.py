"""The unit of work: one connection, one transaction, one agency."""

from __future__ import annotations

from uuid import UUID

from asyncpg.pool import PoolConnectionProxy
from msgspec import Struct


class Unit(Struct, frozen=True):
    """An open transaction inside one agency (none: the doors across agencies). Closed by `Database.unit`."""

    connection: PoolConnectionProxy
    agency_id: UUID | None
