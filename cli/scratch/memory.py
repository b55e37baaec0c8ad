"""An empty house for measuring memory: Postgres and Valkey in a temporary folder, migrated, gone afterwards."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from cli.stack.database import DATABASE
from cli.stack.folder import DataFolder
from cli.stack.passwords import make_secrets
from cli.stack.postgres import dsn
from cli.stack.servers import start_servers
from core.settings import Settings
from evals.memory.run import Bench
from memory.embedder import open_embedder
from memory.extraction import RuleExtractor
from storage.accounts import put_agency
from storage.house import open_house
from storage.migrations import migrate
from storage.roles import APP, OWNER, SWEEP, RolePasswords, prepare


@asynccontextmanager
async def memory_bench(embedder: str, say: Callable[[str], None]) -> AsyncIterator[Bench]:
    """Open an empty house with the embedder of that setting. Raises `Misconfigured`, `Unavailable`."""
    root = Path(tempfile.mkdtemp(prefix="muse-memory-"))
    model = open_embedder(embedder)
    try:
        async with start_servers(root, chroma=False) as servers:
            passwords = RolePasswords(*(secrets.token_urlsafe(16) for _ in range(3)))
            await prepare(servers.postgres_admin_dsn, DATABASE, passwords)
            await migrate(dsn(OWNER, passwords.owner, DATABASE, servers.socket_dir))
            make_secrets(DataFolder(root).secrets)
            settings = Settings(
                data_dir=str(root),
                postgres_app_url=dsn(APP, passwords.app, DATABASE, servers.socket_dir),
                postgres_sweep_url=dsn(SWEEP, passwords.sweep, DATABASE, servers.socket_dir),
                redis_url=servers.redis_url,
            )
            async with open_house(settings, "memory-bench", connections=4) as house:
                say(f"loading the embedder {model.name}")
                await model.warm()
                agency_id = await put_agency(house.app, "bench", "Bench")
                yield Bench(house, agency_id, model, RuleExtractor(), say)
    finally:
        await model.close()
        shutil.rmtree(root, ignore_errors=True)
