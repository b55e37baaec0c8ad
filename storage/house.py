"""All stores of a process, opened together and closed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from arq.connections import ArqRedis
from msgspec import Struct

from core.errors import Misconfigured
from core.ports import Blobs
from core.settings import Settings
from storage.blobs import open_blobs
from storage.database import Database, open_database
from storage.jobs import Jobs, open_queue
from storage.limiter import Limiter
from storage.live import Live
from storage.locks import Locks
from storage.marks import Marks, read_marks
from storage.seal import Seal, read_seal


class House(Struct, frozen=True):
    """The open stores: Postgres as app and as sweep, Redis and what stands on it, files, and the keys.

    `seal` closes secrets; `marks` knows again who was forgotten.
    """

    app: Database
    sweep: Database
    redis: ArqRedis
    jobs: Jobs
    live: Live
    limiter: Limiter
    locks: Locks
    blobs: Blobs
    seal: Seal
    marks: Marks


@asynccontextmanager
async def open_house(settings: Settings, process: str, connections: int = 10) -> AsyncIterator[House]:
    """Open every store that the settings name. Raises `Misconfigured`, `Unavailable`, `SchemaMismatch`."""
    if not (settings.postgres_app_url and settings.postgres_sweep_url and settings.redis_url):
        raise Misconfigured(
            "This process needs MUSE_POSTGRES_APP_URL, MUSE_POSTGRES_SWEEP_URL and MUSE_REDIS_URL; `muse up` sets them."
        )
    data = Path(settings.data_dir)
    seal, marks = read_seal(data / "secrets" / "seal.key"), read_marks(data / "secrets" / "forget.key")
    blobs = open_blobs(settings.blobs_url or (data / "blobs").absolute().as_uri(), settings)
    app = await open_database(settings.postgres_app_url, largest=connections, prefix=f"muse {process}")
    try:
        sweep = await open_database(settings.postgres_sweep_url, largest=2, prefix=f"muse {process} sweep")
        try:
            redis = await open_queue(settings.redis_url)
            try:
                yield House(app, sweep, redis, Jobs(redis), Live(redis), Limiter(redis), Locks(redis), blobs, seal, marks)
            finally:
                await redis.aclose()
        finally:
            await sweep.close()
    finally:
        await app.close()
        await blobs.close()
