"""Migrations are applied once, in order, whole or not at all, and never against a database they do not know."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from cli.stack.servers import Servers
from core.errors import SchemaMismatch, TryLater, Unavailable
from storage import migrations
from storage.database import open_database
from storage.migrations import FOLDER, migrate, newest_version, read_migrations
from storage.roles import prepare
from tests.conftest import PASSWORDS, TestDatabase, dsn


@pytest.fixture
async def empty(servers: Servers) -> AsyncIterator[TestDatabase]:
    """A database with roles and extension, and nothing in it."""
    name = f"m_{uuid.uuid4().hex[:12]}"
    await prepare(servers.postgres_admin_dsn, name, PASSWORDS)
    yield TestDatabase(
        name=name,
        owner=dsn(servers, "muse_owner", PASSWORDS.owner, name),
        app=dsn(servers, "muse_app", PASSWORDS.app, name),
        sweep=dsn(servers, "muse_sweep", PASSWORDS.sweep, name),
        admin=servers.postgres_admin_dsn,
    )
    admin = await asyncpg.connect(servers.postgres_admin_dsn)
    try:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small migrations."""
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_first.sql").write_text("CREATE TABLE first (id integer);")
    (made / "0002_second.sql").write_text("CREATE TABLE second (id integer);")
    return made


async def tables(owner: str) -> set[str]:
    connection = await asyncpg.connect(owner)
    try:
        return {
            row["tablename"] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
    finally:
        await connection.close()


async def test_the_second_run_applies_nothing(empty: TestDatabase) -> None:
    steps: list[str] = []
    applied = await migrate(empty.owner, steps.append)
    assert applied == steps == [f"{m.version:04}_{m.name}" for m in read_migrations()]
    before = await tables(empty.owner)
    assert await migrate(empty.owner, steps.append) == []
    assert steps == applied
    assert await tables(empty.owner) == before


async def test_a_file_changed_after_it_was_applied_is_refused(empty: TestDatabase, folder: Path) -> None:
    await migrate(empty.owner, folder=folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id bigint);")
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id integer);")
    with pytest.raises(SchemaMismatch, match="0001_first was changed"):
        await migrate(empty.owner, folder=folder)
    assert await tables(empty.owner) == {"first", "second", "schema_migrations"}


async def test_a_newer_database_is_refused(empty: TestDatabase, folder: Path) -> None:
    await migrate(empty.owner, folder=folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(SchemaMismatch, match="at schema 2, this program knows 1"):
        await migrate(empty.owner, folder=folder)


async def test_a_process_refuses_a_newer_database(database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute("INSERT INTO schema_migrations VALUES ($1, 'tomorrow', 'x')", newest_version() + 1)
    finally:
        await owner.close()
    for address in (database.app, database.sweep):
        with pytest.raises(SchemaMismatch, match="Install the newer program"):
            await open_database(address)


async def test_a_process_refuses_an_older_database(empty: TestDatabase, tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch, match="at schema 0"):
        await open_database(empty.app)
    older = shutil.copytree(FOLDER, tmp_path / "older", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    sorted(older.glob("*.sql"))[-1].unlink()
    await migrate(empty.owner, folder=older)
    with pytest.raises(SchemaMismatch, match="Run `muse migrate`"):
        await open_database(empty.app)
    await migrate(empty.owner)
    await (await open_database(empty.app)).close()


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_twice.sql"])
def test_numbers_have_no_gap_and_stand_once(folder: Path, name: str) -> None:
    assert [m.version for m in read_migrations(folder)] == [1, 2]
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(ValueError, match="without gaps"):
        read_migrations(folder)


async def test_another_migration_at_work(empty: TestDatabase, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    other = await asyncpg.connect(empty.owner)
    try:
        await other.execute("SELECT pg_advisory_lock($1)", migrations.ADVISORY_LOCK)
        with pytest.raises(TryLater, match="try again"):
            await migrate(empty.owner, folder=folder)
        assert await tables(empty.owner) == set()
        await other.execute("SELECT pg_advisory_unlock($1)", migrations.ADVISORY_LOCK)
        assert await migrate(empty.owner, folder=folder) == ["0001_first", "0002_second"]
    finally:
        await other.close()


async def test_a_table_in_use(empty: TestDatabase, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    await migrate(empty.owner, folder=folder)
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id integer); ALTER TABLE first ADD COLUMN more text;")
    reader = await asyncpg.connect(empty.owner)
    try:
        async with reader.transaction():
            await reader.fetch("SELECT * FROM first")
            with pytest.raises(TryLater, match="long transaction"):
                await migrate(empty.owner, folder=folder)
        assert "third" not in await tables(empty.owner)
        assert await migrate(empty.owner, folder=folder) == ["0003_third"]
    finally:
        await reader.close()


async def test_two_migrators_at_once(empty: TestDatabase) -> None:
    async with asyncio.TaskGroup() as group:
        both = [group.create_task(migrate(empty.owner)) for _ in range(2)]
    applied = sorted((len(one.result()) for one in both), reverse=True)
    assert applied == [newest_version(), 0]


async def test_a_failing_migration_leaves_nothing(empty: TestDatabase, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id integer); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty.owner, folder=folder)
    assert await tables(empty.owner) == {"first", "second", "schema_migrations"}
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id integer);")
    assert await migrate(empty.owner, folder=folder) == ["0003_third"]


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Postgres does not answer"):
        await migrate(f"postgresql://muse_owner:x@/muse?host={tmp_path}")
