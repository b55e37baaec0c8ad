"""Brings Postgres up to date before anything of ours starts: roles, schema. Superuser and owner stay in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec.structs import replace

from cli.stack.folder import DataFolder
from cli.stack.passwords import read_password
from cli.stack.postgres import admin_dsn, dsn
from core.settings import Settings

DATABASE = "muse"


async def prepare_database(
    settings: Settings, folder: DataFolder, sockets: Path | None, on_step: Callable[[str], None]
) -> Settings:
    """Make roles and schema, and return the settings with the addresses of the app and sweep roles.

    `sockets`: where the embedded Postgres listens; None: MUSE_POSTGRES_URL names an outside one. Raises `MuseError`.
    """
    from storage.migrations import migrate
    from storage.roles import RolePasswords, prepare, prepare_outside

    owner, app, sweep = (read_password(folder.secrets, name) for name in ("owner", "app", "sweep"))
    on_step("roles")
    if sockets is not None:
        await prepare(admin_dsn(folder, sockets), DATABASE, RolePasswords(owner=owner, app=app, sweep=sweep))
        await migrate(dsn("muse_owner", owner, DATABASE, sockets), on_step)
        return embedded_roles(settings, folder, sockets)
    if not (settings.postgres_app_url and settings.postgres_sweep_url):
        await prepare_outside(settings.postgres_url, app, sweep)
    await migrate(settings.postgres_url, on_step)
    return outside_roles(settings, folder)


def embedded_roles(settings: Settings, folder: DataFolder, sockets: Path) -> Settings:
    """Fill in the addresses of the two roles in the embedded Postgres."""
    app, sweep = (dsn(f"muse_{name}", read_password(folder.secrets, name), DATABASE, sockets) for name in ("app", "sweep"))
    return replace(settings, postgres_app_url=app, postgres_sweep_url=sweep)


def outside_roles(settings: Settings, folder: DataFolder) -> Settings:
    """Fill in the addresses of the two roles in the outside Postgres, unless they are given."""
    app, sweep = (
        given or as_role(settings.postgres_url, f"muse_{name}", read_password(folder.secrets, name))
        for name, given in (("app", settings.postgres_app_url), ("sweep", settings.postgres_sweep_url))
    )
    return replace(settings, postgres_app_url=app, postgres_sweep_url=sweep)


def as_role(url: str, role: str, password: str) -> str:
    """Return the same database's address for another role."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}"))
