"""Private files in a folder, by key. Keys are our own (`media/<id>`, `assets/<sha256>`), never a fan's words."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import urlparse

from core.errors import Misconfigured, NotFound

KEY = re.compile(r"[a-z0-9_-]+(/[a-z0-9_.-]+)+")


class FolderBlobs:
    """Files below one folder, each written whole or not at all, readable by this user only."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when missing."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def put(self, key: str, data: bytes, mime: str) -> None:
        """Store a file; the same key is replaced. The type lies with the row that names the key."""
        await asyncio.to_thread(self._write, self._path(key), data)

    async def get(self, key: str) -> bytes:
        """Read a file. Raises `NotFound`."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None

    async def delete(self, key: str) -> None:
        """Remove a file; an unknown key is ignored."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"{key!r} is not a blob key")
        return self._folder / key

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def open_blobs(url: str) -> FolderBlobs:
    """Open the file store that a `file:///…` address names. Raises `Misconfigured`."""
    parsed = urlparse(url)
    if parsed.scheme != "file" or not parsed.path:
        raise Misconfigured(f"MUSE_BLOBS_URL: {url!r} is not a file:///folder address.")
    return FolderBlobs(Path(parsed.path))
