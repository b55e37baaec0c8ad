"""No agency reads, changes or plants anything of another one, whatever the code above asks for.

All tables come from Postgres' catalogue: a new table without a policy fails here before it holds a row.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from msgspec import Struct

from core.errors import Misconfigured
from storage.database import open_database
from tests.conftest import TestDatabase
from tests.storage.catalogue import Table, our_functions, tenant_tables

SWEEP_WORDS = {
    "state",
    "owner",
    "inbound",
    "platform",
    "key",
    "embedder",
    "previous",
}  # which work waits; the rest are ids and times
SWEEP_KINDS = {"uuid", "timestamp with time zone", "boolean"}
APP_DOORS = {"current_agency", "find_account", "find_operator", "put_agency", "ingest", "uuid_of"}
APP_DOORS |= {
    "claim_turns",
    "keep_leases",
    "turn_state",
    "open_turn",
    "write_turn",
    "commit_turn",
    "say_parts",
    "rest_turn",
    "wake_asleep",
}
APP_DOORS |= {"claim_delivery", "settle_delivery", "place_of"}
APP_DOORS |= {"stays_local", "person_fans", "regroup_fans", "forget_fans", "expire_kept", "find_pictures"}
APP_DOORS |= {"claim_pictures", "keep_pictures"}
APP_DOORS |= {"reserve_credits", "settle_credits", "grant_credits", "set_credit_quota", "find_agency"}
APP_DOORS |= {"packs_of_offer", "owns_pack", "promo_free", "promo_stands"}
APPEND_ONLY = {"disclosures", "purchases", "refunds", "credit_accounts", "credit_movements", "credit_entries"}
Denied = asyncpg.InsufficientPrivilegeError


class Street(Struct, frozen=True):
    """Two agencies, each with one row in every table; addresses of the database."""

    ours: uuid.UUID
    theirs: uuid.UUID
    tables: list[Table]
    database: TestDatabase
    admin: str


@pytest.fixture
async def street(database: TestDatabase) -> AsyncIterator[Street]:
    connection = await asyncpg.connect(database.admin, database=database.name)
    try:
        tables = await tenant_tables(connection)
        ours, theirs = uuid.uuid4(), uuid.uuid4()
        await connection.execute("SET session_replication_role = replica")  # rows without their parents
        for table in tables:
            for agency_id in (ours, theirs):
                row = table.row(agency_id)
                await connection.execute(table.insert(row), *row.values())
        yield Street(ours, theirs, tables, database, database.admin)
    finally:
        await connection.close()


async def as_ours(street: Street) -> asyncpg.Connection:
    """Connect as the app, inside our agency, as the unit of work does."""
    connection = await asyncpg.connect(street.database.app)
    await connection.execute("SELECT set_config('muse.agency', $1, false)", str(street.ours))
    return connection


async def test_every_table_of_the_design_is_tried(street: Street) -> None:
    names = {table.name for table in street.tables}
    assert {"agencies", "influencers", "accounts", "fans", "identities", "conversations", "messages"} <= names
    assert {"turns", "deliveries", "facts", "packs", "account_secrets", "raw_events"} <= names
    assert all(any(c.name == table.tenant for c in table.columns) for table in street.tables)


async def test_another_agency_is_invisible(street: Street) -> None:
    connection = await as_ours(street)
    try:
        for table in street.tables:
            seen = [row[0] for row in await connection.fetch(f"SELECT {table.tenant} FROM {table.name}")]
            assert seen == [street.ours], table.name
    finally:
        await connection.close()


async def test_another_agency_is_not_changed(street: Street) -> None:
    connection = await as_ours(street)
    try:
        for table in street.tables:
            where = f"WHERE {table.tenant} = '{street.theirs}'"
            for attempt in (
                f"UPDATE {table.name} SET {table.tenant} = {table.tenant} {where}",
                f"DELETE FROM {table.name} {where}",
            ):
                try:
                    status = await connection.execute(attempt)
                except Denied:
                    continue
                assert status.endswith(" 0"), attempt
    finally:
        await connection.close()
    assert await _left(street) == {table.name: 2 for table in street.tables}


async def test_nothing_is_planted_in_another_agency(street: Street) -> None:
    connection = await as_ours(street)
    try:
        for table in street.tables:
            row = table.row(street.theirs)
            with pytest.raises(Denied):
                await connection.execute(table.insert(row), *row.values())
            with pytest.raises(Denied):  # nor is a row of ours given away
                await connection.execute(f"UPDATE {table.name} SET {table.tenant} = '{street.theirs}'")
    finally:
        await connection.close()
    assert await _left(street) == {table.name: 2 for table in street.tables}


async def test_nothing_is_visible_outside_an_agency(street: Street) -> None:
    app = await open_database(street.database.app, largest=1)
    try:
        for agency_id, expected in ((None, 0), (street.ours, 1), (None, 0), (street.theirs, 1), (uuid.uuid4(), 0)):
            async with app.unit(agency_id) as unit:  # one connection, used again each time
                for table in street.tables:
                    assert await unit.connection.fetchval(f"SELECT count(*) FROM {table.name}") == expected, table.name
    finally:
        await app.close()


async def test_every_table_is_fenced_and_none_can_be_emptied(street: Street) -> None:
    admin = await asyncpg.connect(street.admin, database=street.database.name)
    try:
        fenced = await admin.fetch(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        assert {row["relname"] for row in fenced} == {table.name for table in street.tables}
        for table in (*(table.name for table in street.tables), "schema_migrations"):
            for privilege in ("TRUNCATE", "TRIGGER", "REFERENCES"):
                for role in ("muse_app", "muse_sweep"):
                    assert not await admin.fetchval("SELECT has_table_privilege($1, $2, $3)", role, table, privilege)
        for table in APPEND_ONLY:
            for privilege in ("UPDATE", "DELETE"):
                assert not await admin.fetchval("SELECT has_table_privilege('muse_app', $1, $2)", table, privilege)
    finally:
        await admin.close()


async def test_the_sweep_reads_ids_and_times_only(street: Street) -> None:
    connection = await asyncpg.connect(street.database.sweep)
    readable = set()
    try:
        for table in street.tables:
            for column in table.columns:
                try:
                    rows = await connection.fetch(f"SELECT {column.name} FROM {table.name}")
                except Denied:
                    continue
                readable.add(table.name)
                assert len(rows) == 2, f"{table.name}: the sweep sees every agency or has no business there"
                assert column.kind in SWEEP_KINDS or (column.kind == "text" and column.name in SWEEP_WORDS), (
                    table.name,
                    column,
                )
            for attempt in (
                f"UPDATE {table.name} SET {table.tenant} = {table.tenant}",
                f"DELETE FROM {table.name}",
                f"INSERT INTO {table.name} DEFAULT VALUES",
            ):
                with pytest.raises(Denied):
                    await connection.execute(attempt)
    finally:
        await connection.close()
    assert {"conversations", "deliveries"} <= readable
    assert not readable & {"messages", "raw_events", "turns", "drafts", "account_secrets", "operators", "agencies"}


async def test_functions_are_open_to_those_who_need_them_only(street: Street) -> None:
    admin = await asyncpg.connect(street.admin, database=street.database.name)
    try:
        functions = await our_functions(admin)
        assert await admin.fetchval("SELECT NOT has_schema_privilege('public', 'public', 'CREATE')")
    finally:
        await admin.close()
    assert {f["name"] for f in functions if "muse_app" in f["grantees"]} == APP_DOORS
    assert {f["name"] for f in functions if "muse_sweep" in f["grantees"]} <= {"current_agency"}
    for function in functions:
        assert set(function["grantees"]) <= {"muse_app", "muse_sweep"}, function["signature"]
        if function["definer"]:
            assert function["grantees"] == ["muse_app"], function["signature"]
            assert any(c.startswith("search_path=public") for c in function["config"]), function["signature"]


async def test_the_inside_of_the_ingress_is_shut(street: Street) -> None:
    connection = await as_ours(street)
    try:
        with pytest.raises(Denied):
            await connection.fetchval("SELECT wake_conversation($1, 0, 0)", uuid.uuid4())
    finally:
        await connection.close()


async def test_muse_refuses_to_run_above_row_security(street: Street) -> None:
    with pytest.raises(Misconfigured, match="owner of its tables"):
        await open_database(street.database.owner)
    admin = await asyncpg.connect(street.admin, database=street.database.name)
    superuser = street.admin.replace("/postgres?", f"/{street.database.name}?")
    assert street.database.name in superuser
    with pytest.raises(Misconfigured, match="superuser"):
        await open_database(superuser)
    role = f"strong_{uuid.uuid4().hex[:8]}"
    try:
        await admin.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS PASSWORD 'strong'")
        await admin.execute(f'GRANT CONNECT ON DATABASE "{street.database.name}" TO {role}')
        with pytest.raises(Misconfigured, match="bypasses row security"):
            await open_database(street.database.app.replace("muse_app:app-pw", f"{role}:strong"))
        await admin.execute(f'REVOKE ALL ON DATABASE "{street.database.name}" FROM {role}')
        await admin.execute(f"DROP ROLE {role}")
    finally:
        await admin.close()


async def test_a_wrong_password_is_said_plainly(street: Street) -> None:
    with pytest.raises(Misconfigured, match="refuses the password"):
        await open_database(street.database.app.replace("app-pw", "guess"))


async def _left(street: Street) -> dict[str, int]:
    admin = await asyncpg.connect(street.admin, database=street.database.name)
    try:
        return {table.name: await admin.fetchval(f"SELECT count(*) FROM {table.name}") for table in street.tables}
    finally:
        await admin.close()
