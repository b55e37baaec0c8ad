"""Migrations: numbered `.sql` files beside this module, each applied once, in order, in its own transaction.

A checksum of every applied file is kept: a file that changed after it was applied is refused, and so is a database that
is newer than the program. An advisory lock lets one migrator in at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import asyncpg
from msgspec import Struct

from core.errors import SchemaMismatch, TryLater
from storage.roles import connect

FOLDER = Path(__file__).parent
ADVISORY_LOCK = 0x4D757365  # "Muse"
LOCK_TIMEOUT = "10s"


class Migration(Struct, frozen=True):
    """One numbered file."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Return the sha256 of the file's text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return the migrations in order. Raises `ValueError` for a gap or a number used twice."""
    found = [Migration(int(p.name[:4]), p.stem[5:], p.read_text()) for p in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))]
    if [m.version for m in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations are not numbered without gaps: {[m.version for m in found]}")
    return found


def newest_version() -> int:
    """Return the schema version that this program works with."""
    return len(read_migrations())


async def migrate(owner_dsn: str, on_step: Callable[[str], None] | None = None, folder: Path = FOLDER) -> list[str]:
    """Bring the database to this program's schema and return the names of what was applied.

    Raises `SchemaMismatch` (newer database, changed file), `TryLater` (no lock), `Unavailable`, `Misconfigured`.
    """
    connection = await connect(owner_dsn)
    try:
        await connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        return await _apply(connection, read_migrations(folder), on_step or (lambda _: None))
    except asyncpg.LockNotAvailableError as error:
        raise TryLater("The database is in use by another migration or a long transaction; try again in a minute.") from error
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection, wanted: list[Migration], on_step: Callable[[str], None]) -> list[str]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    known = {row["version"]: row for row in await connection.fetch("SELECT version, name, checksum FROM schema_migrations")}
    if known and max(known) > len(wanted):
        raise SchemaMismatch(
            f"The database is at schema {max(known)}, this program knows {len(wanted)}. Install the newer program."
        )
    applied = []
    for migration in wanted:
        if row := known.get(migration.version):
            if row["checksum"] != migration.checksum:
                raise SchemaMismatch(f"Migration {migration.version:04}_{migration.name} was changed after it was applied.")
            continue
        on_step(f"{migration.version:04}_{migration.name}")
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                migration.version,
                migration.name,
                migration.checksum,
            )
        applied.append(f"{migration.version:04}_{migration.name}")
    await connection.execute("GRANT SELECT ON schema_migrations TO muse_app, muse_sweep")
    return applied
