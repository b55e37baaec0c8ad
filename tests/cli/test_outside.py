"""The same commands with servers that somebody else runs: a second set from the same wheels plays them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from cli.stack.servers import Servers, start_servers
from tests.cli.stage import on_stage


@pytest.fixture(scope="module")
async def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with start_servers(tmp_path_factory.mktemp("o") / "m") as servers:
        yield servers


@pytest.fixture(scope="module")
async def owner_url(elsewhere: Servers) -> str:
    """A database whose owner may make roles, as an administrator would hand it over."""
    admin = await asyncpg.connect(elsewhere.postgres_admin_dsn)
    try:
        await admin.execute("CREATE ROLE house LOGIN CREATEROLE PASSWORD 'secret-of-the-owner'")
        await admin.execute("CREATE DATABASE house OWNER house")
    finally:
        await admin.close()
    inside = await asyncpg.connect(elsewhere.postgres_admin_dsn, database="house")
    try:
        await inside.execute("CREATE EXTENSION vector")
    finally:
        await inside.close()
    return f"postgresql://house:secret-of-the-owner@/house?host={quote(str(elsewhere.socket_dir), safe='')}"


async def test_outside_servers_are_used_and_none_is_started(data: Path, elsewhere: Servers, owner_url: str) -> None:
    outside = {"postgres_url": owner_url, "redis_url": elsewhere.redis_url, "chroma_url": elsewhere.chroma_url}
    with on_stage(data, **outside) as stage:
        started = stage.up()
        assert started.returncode == 0, started.stderr
        assert {name: part.state for name, part in stage.state().parts.items() if part.state == "outside"} == {
            "postgres": "outside", "valkey": "outside", "chroma": "outside",
        }  # fmt: skip
        assert not list(stage.folder.postgres.iterdir())
        given = stage.gateway_environment()
        assert "secret-of-the-owner" not in str(given)
        assert "secret-of-the-owner" not in started.stdout + stage.muse("status").stdout
        assert given["MUSE_REDIS_URL"] == elsewhere.redis_url
        assert given["MUSE_CHROMA_URL"] == elsewhere.chroma_url
        app = await asyncpg.connect(given["MUSE_POSTGRES_APP_URL"])
        try:
            assert await app.fetchval("SELECT current_user") == "muse_app"
            assert await app.fetchval("SELECT count(*) FROM schema_migrations") > 0
        finally:
            await app.close()
        assert stage.muse("migrate").returncode == 0
        assert stage.muse("down").returncode == 0
    assert await _answers(elsewhere)  # stopping Muse does not stop what is not ours


async def _answers(servers: Servers) -> bool:
    admin = await asyncpg.connect(servers.postgres_admin_dsn)
    try:
        return bool(await admin.fetchval("SELECT 1") == 1)
    finally:
        await admin.close()


@pytest.mark.parametrize(
    ("setting", "url"),
    [
        ("postgres_url", "postgresql://somebody:hush-hush@127.0.0.1:1/muse"),
        ("redis_url", "redis://:hush-hush@127.0.0.1:1/0"),
        ("chroma_url", "http://127.0.0.1:1"),
    ],
)
def test_an_outside_server_that_is_away(data: Path, setting: str, url: str) -> None:
    with on_stage(data, **{setting: url}) as stage:
        refused = stage.up()
        assert refused.returncode == 4
        assert f"MUSE_{setting.upper()}" in refused.stderr
        assert "127.0.0.1:1" in refused.stderr
        assert "hush-hush" not in refused.stdout + refused.stderr
        assert stage.living() is None


async def test_a_wrong_password_for_redis(data: Path, elsewhere: Servers) -> None:
    path = elsewhere.redis_url.rpartition("@")[2]
    with on_stage(data, redis_url=f"unix://:wrong@{path}") as stage:
        refused = stage.up()
        assert refused.returncode == 4
        assert "is the password right?" in refused.stderr
