"""The three servers of the stack, as parts for the supervisor and, for tests and benches, on their own."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from cli.stack.binaries import chroma_command, find_postgres, find_valkey
from cli.stack.child import Child, Part, server_environment
from cli.stack.folder import DataFolder
from cli.stack.passwords import make_secrets, read_password
from cli.stack.ports import choose_any_port
from cli.stack.postgres import admin_dsn, postgres_part
from cli.stack.privileges import RunAs, choose_account, give_folder
from cli.stack.probes import answers_http, answers_ping
from cli.stack.processes import replace


class Servers(Struct, frozen=True):
    """Addresses of running servers. `postgres_admin_dsn` is the superuser's."""

    postgres_admin_dsn: str
    socket_dir: Path
    redis_url: str
    chroma_url: str


@asynccontextmanager
async def start_servers(data_dir: Path, *, chroma: bool = True) -> AsyncIterator[Servers]:
    """Run Postgres, Valkey and Chroma in a folder until the context is left. Raises `Misconfigured` or `Unavailable`."""
    folder = DataFolder(data_dir)
    folder.create()
    make_secrets(folder.secrets)
    account = server_account(folder)
    folder.open_to(account)
    sockets = folder.sockets(account)
    parts = [postgres_part(folder, sockets, account), valkey_part(folder, sockets, account)]
    if chroma:
        parts.append(chroma_part(folder))
    children = [Child(part, folder.logs, folder.run) for part in parts]
    try:
        async with asyncio.TaskGroup() as starting:
            for child in children:
                starting.create_task(_start(child))
        address = parts[2].address if chroma else ""
        yield Servers(admin_dsn(folder, sockets), sockets, redis_url(folder, sockets), address)
    finally:
        for child in reversed(children):
            await child.stop(asyncio.Event())
        folder.close_sockets()


async def _start(child: Child) -> None:
    await child.start()
    await child.wait_ready()


def server_account(folder: DataFolder) -> RunAs | None:
    """Return the account for Postgres and Valkey. Raises `Misconfigured` when there is none that could reach its files."""
    return choose_account(folder.root, [find_postgres(), find_postgres("initdb"), find_valkey()])


def redis_url(folder: DataFolder, sockets: Path) -> str:
    """Return Valkey's address, password included."""
    return f"unix://:{quote(read_password(folder.secrets, 'valkey'), safe='')}@{quote(str(sockets / 'valkey.sock'))}"


def valkey_part(folder: DataFolder, sockets: Path, account: RunAs | None) -> Part:
    """Describe Valkey: a unix socket and no port; its password lies in a file, not in the process list."""
    config = folder.valkey / "valkey.conf"
    lines = (
        "port 0",
        f'unixsocket "{sockets / "valkey.sock"}"',
        "unixsocketperm 700",
        f"requirepass {read_password(folder.secrets, 'valkey')}",
        f'dir "{folder.valkey}"',
        "appendonly yes",  # Valkey may be lost at any time; keeping it spares the sweep some work after a restart
        "appendfsync everysec",
        'save ""',
    )

    async def prepare() -> None:
        replace(config, "\n".join((*lines, "")).encode())
        if account:
            os.chown(config, account.uid, account.gid)
        give_folder(folder.valkey, account)
        (sockets / "valkey.sock").unlink(missing_ok=True)

    return Part(
        name="valkey",
        command=[str(find_valkey()), str(config)],
        environment=server_environment(),
        account=account,
        prepare=prepare,
        is_ready=partial(answers_ping, redis_url(folder, sockets)),
        address=str(sockets / "valkey.sock"),
    )


def chroma_part(folder: DataFolder) -> Part:
    """Describe Chroma: loopback, a random port that it keeps while it is free, no telemetry."""
    config, note = folder.run / "chroma.yaml", folder.run / "chroma.port"
    port = choose_any_port(int(note.read_text()) if note.is_file() and note.read_text().strip().isdigit() else 0)
    note.write_text(f"{port}\n")
    given = {"port": port, "listen_address": "127.0.0.1", "persist_path": str(folder.chroma)}
    replace(config, json.dumps(given).encode())  # JSON is YAML; without `open_telemetry` nothing is sent
    return Part(
        name="chroma",
        command=chroma_command(config),
        environment={**server_environment(), "ANONYMIZED_TELEMETRY": "False"},
        is_ready=partial(answers_http, f"http://127.0.0.1:{port}/api/v2/heartbeat"),
        address=f"http://127.0.0.1:{port}",
    )
