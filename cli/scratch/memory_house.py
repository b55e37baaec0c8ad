"""Gives a bench of memory its servers: Postgres, Valkey and Chroma in a temporary folder, the stores open, no other process."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from cli.stack.database import DATABASE, prepare_database
from cli.stack.folder import DataFolder
from cli.stack.processes import recall
from cli.stack.servers import start_servers
from core.settings import Settings
from evals.bench.memory_rig import MemoryRig
from storage.benches import open_past
from storage.house import open_house

CONNECTIONS = 16


@asynccontextmanager
async def open_memory_rig() -> AsyncIterator[MemoryRig]:
    """Start the servers and open the stores, and leave nothing behind. Raises `MuseError`."""
    with tempfile.TemporaryDirectory(prefix="muse-scratch-") as root:
        folder = DataFolder(Path(root))
        async with start_servers(folder.root) as servers:
            given = Settings(data_dir=root, redis_url=servers.redis_url, chroma_url=servers.chroma_url)
            settings = await prepare_database(given, folder, servers.socket_dir, lambda _step: None)
            chroma = recall(folder.run / "chroma.pid")
            async with (
                open_house(replace(settings, postgres_url=""), "bench", CONNECTIONS) as house,
                open_past(servers.postgres_admin_dsn, DATABASE) as past,
            ):
                await past.add_agency()
                yield MemoryRig(house, past, servers.chroma_url, folder.chroma, chroma.pid if chroma else 0)
