"""Writes `storage/schema.sql` anew: `python -m tests.storage.dump_schema`, after every change to a migration."""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
from pathlib import Path

from cli.stack.binaries import find_postgres
from cli.stack.servers import start_servers
from storage.migrations import migrate
from storage.roles import prepare
from tests.conftest import PASSWORDS, dsn

SCHEMA = Path(__file__).parents[2] / "storage" / "schema.sql"
HEAD = "-- The schema as the migrations make it, for reading. Made by `python -m tests.storage.dump_schema`.\n\n"
RESTRICT_KEY = "muse"  # without a fixed one pg_dump writes a random key into every dump


def dump_schema(owner_dsn: str) -> str:
    """Return the schema of a database as its owner sees it: no rows, no owners, no comments, no versions of servers."""
    command = [str(find_postgres("pg_dump")), "--schema-only", "--no-owner", f"--restrict-key={RESTRICT_KEY}", owner_dsn]
    dumped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    kept = "\n".join(line for line in dumped.splitlines() if not line.startswith("--"))
    return HEAD + re.sub(r"\n{3,}", "\n\n", kept).strip() + "\n"


async def write() -> None:
    """Migrate a scratch database and write its schema to the file."""
    with tempfile.TemporaryDirectory() as scratch:
        async with start_servers(Path(scratch), chroma=False) as servers:
            await prepare(servers.postgres_admin_dsn, "muse_schema", PASSWORDS)
            owner = dsn(servers, "muse_owner", PASSWORDS.owner, "muse_schema")
            await migrate(owner)
            SCHEMA.write_text(dump_schema(owner))


if __name__ == "__main__":
    asyncio.run(write())
