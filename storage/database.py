"""Connections to Postgres as the app or the sweep role, and the edge where a unit of work opens and closes."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.errors import Misconfigured, SchemaMismatch, Unavailable
from storage.migrations import newest_version
from storage.unit import Unit

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # the database takes no connections just now
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.DeadlockDetectedError,  # nothing of it happened, and the next try meets nobody
    asyncpg.InternalClientError,  # asyncpg's own state when the server dies in the middle of an answer
)

BEGIN = "BEGIN; SELECT set_config('muse.agency', '{}', true)"  # an id of ours or nothing; one round trip for both
CALL_OFF_S = 1.0  # how long a statement that was called off may take to end before its connection is dropped


class _Connection(asyncpg.Connection):
    """A connection on which nothing outlives its transaction, so that giving it back to the pool costs no round trip."""

    def get_reset_query(self) -> str:
        """Return nothing to do; an open transaction is ended by asyncpg all the same."""
        return ""


class Database:
    """A pool of connections under one role."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Wrap an open pool; use `open_database`."""
        self._pool = pool

    @asynccontextmanager
    async def unit(self, agency_id: UUID | None = None, patience_s: float = 10.0) -> AsyncIterator[Unit]:
        """Open a transaction inside an agency; commit at the end, roll back on an error.

        Raises `Unavailable` when no connection is to be had in `patience_s` seconds or the server goes away meanwhile.
        """
        try:
            async with self._pool.acquire(timeout=patience_s) as connection:
                try:
                    await connection.execute(BEGIN.format("" if agency_id is None else agency_id.hex))
                    yield Unit(connection, agency_id)
                except BaseException:
                    with suppress(*AWAY):  # a connection that breaks rolls back by itself
                        await connection.execute("ROLLBACK")
                    raise
                await connection.execute("COMMIT")
        except AWAY as error:
            raise Unavailable("Postgres does not answer.") from error

    @asynccontextmanager
    async def statement(self, agency_id: UUID | None = None, patience_s: float = 10.0) -> AsyncIterator[Unit]:
        """Lend a connection for single statements, each a transaction of its own in one round trip.

        They are for doors across agencies and for functions that set the agency themselves. Raises `Unavailable` when it is
        not done in `patience_s` seconds or the server goes away. It may have been done then.
        """
        try:
            async with asyncio.timeout(patience_s):
                connection = await self._pool.acquire()
                try:
                    yield Unit(connection, agency_id)
                finally:
                    await self._pool.release(connection, timeout=CALL_OFF_S)
        except AWAY as error:
            raise Unavailable("Postgres does not answer.") from error

    async def close(self) -> None:
        """Close the pool; connections in use get a moment to end."""
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()


async def open_database(dsn: str, *, largest: int = 10, prefix: str = "muse") -> Database:
    """Connect, and refuse what must not be: a superuser, a role that bypasses row security, another schema version.

    Raises `Unavailable`, `Misconfigured`, `SchemaMismatch`.
    """
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=largest,
            init=_set_codecs,
            connection_class=_Connection,
            command_timeout=30,
            server_settings={"application_name": prefix},
        )
    except AWAY as error:
        raise Unavailable("Postgres does not answer.") from error
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise Misconfigured("Postgres refuses the password of the app's role.") from error
    try:
        await _check(pool)
    except BaseException:
        await pool.close()
        raise
    return Database(pool)


async def schema_version(unit: Unit) -> int:
    """Return the schema that the database is at."""
    return int(await unit.connection.fetchval("SELECT max(version) FROM schema_migrations"))


async def _check(pool: asyncpg.Pool) -> None:
    role = await pool.fetchrow("SELECT rolname, rolsuper OR rolbypassrls AS strong FROM pg_roles WHERE rolname = current_user")
    if role is None or role["strong"]:
        raise Misconfigured("Muse refuses to run as a Postgres superuser or a role that bypasses row security.")
    if await pool.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"):
        raise Misconfigured("Muse refuses to run as the owner of its tables: row security would not hold.")
    try:
        version = await pool.fetchval("SELECT max(version) FROM schema_migrations")
    except asyncpg.UndefinedTableError:
        version = 0
    if version != newest_version():
        raise SchemaMismatch(
            f"The database is at schema {version or 0}, this program needs {newest_version()}."
            + (" Run `muse migrate`." if (version or 0) < newest_version() else " Install the newer program.")
        )


async def _set_codecs(connection: Any) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_dump, decoder=msgspec.json.decode)
    await connection.set_type_codec("halfvec", schema="public", encoder=_pack, decoder=_unpack, format="binary")


def _dump(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _pack(vector: list[float]) -> bytes:
    return struct.pack(f">HH{len(vector)}e", len(vector), 0, *vector)


def _unpack(data: bytes) -> list[float]:
    (count,) = struct.unpack_from(">H", data)
    return list(struct.unpack_from(f">{count}e", data, 4))
