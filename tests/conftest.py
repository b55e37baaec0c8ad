"""One set of real servers for the whole run; a fresh database for every test that asks for one."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import hypothesis
import pytest
from msgspec import Struct

from cli.stack.servers import Servers, start_servers
from core.ids import new_id
from core.settings import Settings
from storage.house import House, open_house
from storage.migrations import migrate
from storage.roles import RolePasswords, prepare

# No timed assertions, and the same examples on every machine; imported here, for at the end of a run it may fail to be.
hypothesis.settings.register_profile("muse", deadline=None, derandomize=True)
hypothesis.settings.load_profile("muse")

MEMORY, ROOM = Path("/dev/shm"), 4 << 30
PASSWORDS = RolePasswords(owner="owner-pw", app="app-pw", sweep="sweep-pw")


class TestDatabase(Struct, frozen=True):
    """A fresh, migrated database with an address for each role."""

    __test__ = False

    name: str
    owner: str
    app: str
    sweep: str
    admin: str


@pytest.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """Postgres, Valkey and Chroma from the wheels, in a scratch folder."""
    with scratch_folder(tmp_path_factory) as folder:
        async with start_servers(folder) as running:
            yield running


@contextmanager
def scratch_folder(elsewhere: pytest.TempPathFactory) -> Iterator[Path]:
    """Lend a folder in memory where the machine has one with room: copying a database takes a fifth of the time there."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield elsewhere.mktemp("servers")
        return
    with tempfile.TemporaryDirectory(prefix="muse-tests-", dir=MEMORY, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)  # the databases' own account passes through it
        yield folder


def dsn(servers: Servers, role: str, password: str, database: str) -> str:
    """Return a role's address of a database."""
    return f"postgresql://{role}:{password}@/{database}?host={servers.socket_dir}"


@pytest.fixture(scope="session")
async def template(servers: Servers) -> str:
    """Migrate one database that the others are copied from."""
    await prepare(servers.postgres_admin_dsn, "muse_template", PASSWORDS)
    await migrate(dsn(servers, "muse_owner", PASSWORDS.owner, "muse_template"))
    return "muse_template"


@pytest.fixture
async def database(servers: Servers, template: str) -> AsyncIterator[TestDatabase]:
    """Copy the migrated database for one test."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(servers.postgres_admin_dsn)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE {template} OWNER muse_owner STRATEGY FILE_COPY')
        await admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO muse_app, muse_sweep')
        yield TestDatabase(
            name=name,
            owner=dsn(servers, "muse_owner", PASSWORDS.owner, name),
            app=dsn(servers, "muse_app", PASSWORDS.app, name),
            sweep=dsn(servers, "muse_sweep", PASSWORDS.sweep, name),
            admin=servers.postgres_admin_dsn,
        )
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


@pytest.fixture
def settings(database: TestDatabase, servers: Servers, tmp_path: Path) -> Settings:
    """Settings of a process on the scratch servers; the seal and cookie keys are there."""
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o700)
    for name in ("seal.key", "cookie.key", "forget.key"):
        (secrets / name).write_text(base64.b64encode(os.urandom(32)).decode())
    (secrets / "operator.token").write_text("test-operator-token")
    return Settings(
        data_dir=str(tmp_path),
        postgres_app_url=database.app,
        postgres_sweep_url=database.sweep,
        redis_url=servers.redis_url,
        chroma_url=servers.chroma_url or "",
        quiet_s=0.0,
        quiet_max_s=0.0,
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """The open stores of one test, with an empty Redis."""
    async with open_house(settings, "test") as opened:
        await opened.redis.flushdb()
        yield opened


class Agency(Struct, frozen=True):
    """An agency made for a test."""

    id: uuid.UUID
    slug: str


async def make_agency(owner_dsn: str, slug: str) -> Agency:
    """Write an agency as the owner."""
    owner = await asyncpg.connect(owner_dsn)
    try:
        agency = Agency(new_id(), slug)
        await owner.execute("INSERT INTO agencies (id, slug, name) VALUES ($1, $2, $2)", agency.id, slug)
        return agency
    finally:
        await owner.close()


@pytest.fixture
async def agency(database: TestDatabase) -> Agency:
    """One agency."""
    return await make_agency(database.owner, "demo")
