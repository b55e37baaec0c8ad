"""The three Postgres roles: owner (migrations), app (all work, under row security), sweep (ids and due times).

The only place that speaks to Postgres as a superuser, once, before anything else runs.
"""

from __future__ import annotations

import asyncpg
from msgspec import Struct

from core.errors import Misconfigured, Unavailable

OWNER, APP, SWEEP = "muse_owner", "muse_app", "muse_sweep"


class RolePasswords(Struct, frozen=True):
    """The generated passwords of the three roles."""

    owner: str
    app: str
    sweep: str

    def __repr__(self) -> str:
        """Show nothing."""
        return "RolePasswords(***)"


async def prepare(admin_dsn: str, database: str, passwords: RolePasswords) -> None:
    """Make roles, database and the vector extension as the superuser; what is there already is kept and set right.

    `admin_dsn` names any database of the server, for instance `postgres`. Raises `Unavailable`.
    """
    admin = await connect(admin_dsn)
    try:
        for name, password in ((OWNER, passwords.owner), (APP, passwords.app), (SWEEP, passwords.sweep)):
            await _ensure_role(admin, name, password)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f"CREATE DATABASE \"{database}\" OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0")
        await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {APP}, {SWEEP}')
    finally:
        await admin.close()
    inside = await connect(admin_dsn, database)
    try:
        await inside.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
    finally:
        await inside.close()


async def prepare_outside(owner_dsn: str, app_password: str, sweep_password: str) -> None:
    """Make the app and sweep roles on an outside server, as its database's owner.

    Raises `Misconfigured` when the owner may not make roles or the vector extension is neither there nor to be made.
    """
    owner = await connect(owner_dsn)
    try:
        for name, password in ((APP, app_password), (SWEEP, sweep_password)):
            await _ensure_role(owner, name, password)
        database = await owner.fetchval("SELECT current_database()")
        await owner.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {APP}, {SWEEP}')
        if not await owner.fetchval("SELECT 1 FROM pg_extension WHERE extname = 'vector'"):
            await owner.execute("CREATE EXTENSION vector SCHEMA public")
    except asyncpg.InsufficientPrivilegeError as error:
        raise Misconfigured(
            "The role of MUSE_POSTGRES_URL may not make roles or the vector extension. Let an administrator run"
            " `CREATE EXTENSION vector` and make two plain login roles muse_app and muse_sweep, then set"
            " MUSE_POSTGRES_APP_URL and MUSE_POSTGRES_SWEEP_URL."
        ) from error
    except (asyncpg.UndefinedFileError, asyncpg.FeatureNotSupportedError) as error:
        raise Misconfigured("The Postgres server has no pgvector extension; install it there.") from error
    finally:
        await owner.close()


async def connect(dsn: str, database: str | None = None) -> asyncpg.Connection:
    """Connect outside the pools, for set-up. Raises `Unavailable`, `Misconfigured`."""
    try:
        return await asyncpg.connect(dsn, database=database, timeout=10) if database else await asyncpg.connect(dsn, timeout=10)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
        raise Unavailable("Postgres does not answer.") from error
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise Misconfigured("Postgres refuses the given user or password.") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise Misconfigured("Postgres has no such database; make it first: CREATE DATABASE … .") from error


async def _ensure_role(connection: asyncpg.Connection, name: str, password: str) -> None:
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
    # Role statements take no parameters; quote_literal in the server quotes the password.
    quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
    strengthless = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
    await connection.execute(
        f"{'ALTER' if exists else 'CREATE'} ROLE {name} {'LOGIN' if exists else strengthless} PASSWORD {quoted}"
    )
