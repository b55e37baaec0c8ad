"""Brings the database's schema up to this program's."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.settings import read_settings

HELP = "Bring the database's schema up to date (`muse up` does it too)."


def add_arguments(parser: ArgumentParser) -> None:
    """Take none."""


def run(arguments: Namespace) -> int:
    """Migrate the outside database of MUSE_POSTGRES_URL, or the embedded one of the running stack."""
    from cli.stack.connection import require_running, socket_folder
    from cli.stack.database import prepare_database
    from cli.stack.folder import DataFolder
    from cli.stack.passwords import make_secrets

    settings = read_settings()
    folder = DataFolder(Path(settings.data_dir))
    sockets = None
    if settings.postgres_url:
        folder.create()
        make_secrets(folder.secrets)
    else:
        sockets = socket_folder(require_running(folder), folder)
    asyncio.run(prepare_database(settings, folder, sockets, lambda step: print(f"  {step}")))
    print("The database is up to date.")
    return 0
