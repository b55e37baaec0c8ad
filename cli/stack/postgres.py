"""Postgres 18 as our own child: initdb with a generated password, unix socket only, fast shutdown."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path
from urllib.parse import quote

from cli.stack import launch
from cli.stack.binaries import find_postgres
from cli.stack.child import Part, server_environment
from cli.stack.folder import DataFolder
from cli.stack.passwords import read_password
from cli.stack.privileges import RunAs, give_folder
from cli.stack.probes import answers_query
from cli.stack.processes import identify, replace
from core.errors import Misconfigured, Unavailable

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "'128MB'",
    "jit": "off",  # our queries are short; compiling them costs more than it saves
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] '",
    "password_encryption": "'scram-sha-256'",
}


def admin_dsn(folder: DataFolder, sockets: Path) -> str:
    """Return the superuser's address; for the supervisor only."""
    return dsn("postgres", read_password(folder.secrets, "postgres"), "postgres", sockets)


def dsn(user: str, password: str, database: str, sockets: Path) -> str:
    """Return the address of a database behind a folder of sockets."""
    return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={quote(str(sockets), safe='')}"


def postgres_part(folder: DataFolder, sockets: Path, account: RunAs | None) -> Part:
    """Describe the child."""
    password = read_password(folder.secrets, "postgres")
    return Part(
        name="postgres",
        command=[str(find_postgres()), "-D", str(folder.postgres / "data"), "-k", str(sockets)],
        environment=server_environment(),
        account=account,
        prepare=partial(_prepare, folder, sockets, account),
        is_ready=partial(answers_query, find_postgres("psql"), sockets, password),
        ready_within=60.0,  # after a kill it first reads its write-ahead log
        stop_signal=signal.SIGINT,  # fast shutdown: running statements are rolled back, everything is written
        hurry_signal=signal.SIGQUIT,
        stop_within=30.0,
        address=str(sockets),
    )


async def _prepare(folder: DataFolder, sockets: Path, account: RunAs | None) -> None:
    give_folder(folder.postgres, account)
    data = folder.postgres / "data"
    if not (data / "PG_VERSION").exists():
        await _initialise(folder, account)
    _write_settings(data, account)
    _clear_pid_file(data)


async def _initialise(folder: DataFolder, account: RunAs | None) -> None:
    """Make the cluster beside its place and move it there, so that one cut short is never taken for whole."""
    fresh, password_file = folder.postgres / "data.new", folder.postgres / "password"
    shutil.rmtree(fresh, ignore_errors=True)
    replace(password_file, (read_password(folder.secrets, "postgres") + "\n").encode())
    if account:
        os.chown(password_file, account.uid, account.gid)
    run_as = account or RunAs(-1, -1)
    launcher = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(signal.SIGTERM.value)]
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--username=postgres", f"--pwfile={password_file}"]
    try:
        process = await asyncio.create_subprocess_exec(
            *launcher, *map(str, (run_as.uid, run_as.gid, run_as.capability)), str(find_postgres("initdb")),
            *options, "--no-instructions", "-D", str(fresh),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=server_environment(), cwd="/", start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = await process.communicate()
        except asyncio.CancelledError:  # the start was interrupted; nothing may go on writing behind our back
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise
    finally:
        password_file.unlink()
    if process.returncode != 0:
        lines = [line for line in said.decode(errors="replace").splitlines() if "error" in line.lower()]
        raise Unavailable(f"Postgres could not make its data folder {fresh}: {' '.join(lines) or 'initdb failed'}")
    fresh.rename(folder.postgres / "data")


def _write_settings(data: Path, account: RunAs | None) -> None:
    """Put our settings where they win over postgresql.conf, which stays as initdb wrote it."""
    file = data / "postgresql.auto.conf"
    file.write_text("".join(f"{name} = {value}\n" for name, value in SETTINGS.items()))
    file.chmod(0o600)
    if account:
        os.chown(file, account.uid, account.gid)


def _clear_pid_file(data: Path) -> None:
    """Remove a pid file whose number another program got since. Raises `Misconfigured` when a Postgres does run there.

    A number that nobody has is left to Postgres, which then also looks for orphaned backends.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    if identify(pid) is None or not sys.platform.startswith("linux"):
        return
    try:
        works_here = Path(f"/proc/{pid}/cwd").resolve() == data.resolve()
    except OSError:
        works_here = False
    if works_here:
        raise Misconfigured(f"A Postgres that Muse did not start (pid {pid}) uses {data}; stop it first.")
    file.unlink()
