"""The file store: tried by writing a file, reading it and deleting it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from cli.doctor.finding import Finding, broken, good
from cli.stack.folder import DataFolder
from core.errors import MuseError
from core.settings import Settings
from storage.blobs import check_blobs, open_blobs

NAME = "files"


def files(settings: Settings) -> Iterator[Finding]:
    """Look at where pictures and fans' files are kept."""
    folder = DataFolder(Path(settings.data_dir)).blobs
    if not settings.blobs_url and not folder.exists():
        yield good(NAME, f"{folder} will be made by the first start")
        return
    try:
        asyncio.run(_try(settings, settings.blobs_url or folder.as_uri()))
    except MuseError as error:
        yield broken(NAME, str(error), "MUSE_BLOBS_URL=s3://bucket/prefix in .env, and what belongs to it: docs/settings.md")
    except OSError as error:
        yield broken(NAME, f"the folder of files cannot be used ({error.strerror})", f"sudo chown -R $USER {folder}")
    else:
        yield good(NAME, f"written, read and deleted in {settings.blobs_url or folder}")


async def _try(settings: Settings, url: str) -> None:
    blobs = open_blobs(url, settings)
    try:
        await check_blobs(blobs)
    finally:
        await blobs.close()
