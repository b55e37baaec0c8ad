"""What Postgres itself says of our tables and functions, and a row for any table, made from that alone.

The isolation tests read it instead of a list of names, so that a table added tomorrow is tested tomorrow.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
from msgspec import Struct

VALUES: dict[str, Any] = {
    "jsonb": "{}",
    "integer": 1,
    "smallint": 1,
    "bigint": 1,
    "real": 0.5,
    "double precision": 0.5,
    "boolean": True,
    "timestamp with time zone": datetime(2026, 5, 1, tzinfo=UTC),
    "timestamp without time zone": datetime(2026, 5, 1),  # noqa: DTZ001 — the column has no zone
    "date": datetime(2026, 5, 1, tzinfo=UTC).date(),
}


class Column(Struct, frozen=True):
    """One column; `required` when an insert must name it."""

    name: str
    kind: str
    required: bool


class Table(Struct, frozen=True):
    """One table. `tenant` is the column that says whose a row is; `allowed` the first word that a check lets a column hold."""

    name: str
    columns: tuple[Column, ...]
    tenant: str
    allowed: dict[str, str]

    def row(self, agency_id: uuid.UUID) -> dict[str, Any]:
        """Return the columns that an insert must name, with values of this agency."""
        made = {c.name: self._value(c) for c in self.columns if c.required}
        return {**made, self.tenant: agency_id}

    def insert(self, row: dict[str, Any]) -> str:
        """Write the statement that inserts such a row."""
        places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        return f"INSERT INTO {self.name} ({', '.join(row)}) VALUES ({places})"

    def _value(self, column: Column) -> Any:
        if column.name in self.allowed:
            return self.allowed[column.name]
        if column.kind == "uuid":
            return uuid.uuid4()
        if column.kind == "text":
            return uuid.uuid4().hex
        if column.kind == "bytea":
            return uuid.uuid4().bytes
        return [] if column.kind.endswith("[]") else VALUES[column.kind]


async def tenant_tables(connection: asyncpg.Connection) -> list[Table]:
    """Return every table but the migrations' own. `agencies` is its rows' own tenant."""
    names = await connection.fetch(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1"
    )
    return [await _table(connection, row["name"]) for row in names]


async def _table(connection: asyncpg.Connection, name: str) -> Table:
    columns = await connection.fetch(
        "SELECT attname AS name, format_type(atttypid, NULL) AS kind,"
        " attnotnull AND NOT atthasdef AND attidentity = '' AND attgenerated = '' AS required"
        " FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        f"public.{name}",
    )
    checks = await connection.fetch(
        "SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass",
        f"public.{name}",
    )
    found = [re.match(r"CHECK \(\((\w+) = ANY \(ARRAY\['([^']+)'", row["rule"]) for row in checks]
    return Table(
        name=name,
        columns=tuple(Column(row["name"], row["kind"], row["required"]) for row in columns),
        tenant="id" if name == "agencies" else "agency_id",
        allowed={match[1]: match[2] for match in found if match},
    )


async def our_functions(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """Return every function that no extension brought: signature, whether it runs as its owner, its settings, its grantees."""
    return await connection.fetch(
        "SELECT p.oid::regprocedure::text AS signature, p.proname AS name, p.prosecdef AS definer,"
        " coalesce(p.proconfig, '{}') AS config,"
        " ARRAY(SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END"
        "   FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        "   WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner ORDER BY 1) AS grantees"
        " FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
    )
