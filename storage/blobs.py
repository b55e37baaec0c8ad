"""Private files by key, in a folder or an S3 bucket. Keys are our own (`media/<id>`, `assets/<sha256>`)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlparse

from core.errors import Misconfigured, NotFound, Unavailable
from core.ids import new_id
from core.ports import Blobs
from core.settings import Settings
from storage.blob_keys import check_key
from storage.blobs_s3 import Bucket, S3Blobs

WAYS = "file:///folder, or s3://bucket/prefix"
PREFIX = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")


class FolderBlobs:
    """Files below one folder, each written whole or not at all, readable by this user only."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when missing."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def put(self, key: str, data: bytes, mime: str) -> None:
        """Store a file; the same key is replaced. The type lies with the row that names the key."""
        await asyncio.to_thread(self._write, self._path(key), data, replace=True)

    async def put_new(self, key: str, data: bytes, mime: str) -> bool:
        """Store a file unless the key has one; false when it has."""
        return await asyncio.to_thread(self._write, self._path(key), data, replace=False)

    async def get(self, key: str) -> bytes:
        """Read a file. Raises `NotFound`."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None

    async def delete(self, key: str) -> None:
        """Remove a file; an unknown key is ignored."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def close(self) -> None:
        """Nothing is open."""

    def _path(self, key: str) -> Path:
        return self._folder / check_key(key)

    @staticmethod
    def _write(path: Path, data: bytes, *, replace: bool) -> bool:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                Path(name).replace(path)
                return True
            try:
                os.link(name, path)  # unlike a replace, it fails where another was first
            except FileExistsError:
                return False
            return True
        finally:
            Path(name).unlink(missing_ok=True)


def open_blobs(url: str, settings: Settings | None = None) -> Blobs:
    """Open the file store that an address names; a bucket's endpoint, region and keys stand in the settings.

    Raises `Misconfigured`.
    """
    parsed = urlparse(url)
    if parsed.scheme == "file" and parsed.path and not parsed.netloc:
        return FolderBlobs(Path(unquote(parsed.path)))
    if parsed.scheme != "s3" or not parsed.netloc:
        raise Misconfigured(f"MUSE_BLOBS_URL: {url!r} is neither {WAYS}.")
    prefix, more = parsed.path.strip("/"), settings or Settings()
    if prefix and not PREFIX.fullmatch(prefix):
        raise Misconfigured(f"MUSE_BLOBS_URL: {prefix!r} cannot begin keys; use letters, digits, dots, dashes and slashes.")
    keys = more.blobs_access_key, more.blobs_secret_key
    return S3Blobs(Bucket(parsed.netloc, prefix, more.blobs_endpoint, more.blobs_region, *keys))


async def keep_once(blobs: Blobs, folder: str, data: bytes, mime: str) -> str:
    """Store bytes once, under their own digest; return the key, `<folder>/<sha256>`."""
    key = check_key(f"{folder}/{hashlib.sha256(data).hexdigest()}")
    await blobs.put_new(key, data, mime)
    return key


async def check_blobs(blobs: Blobs) -> None:
    """Write, read and delete a file. Raises `Misconfigured`, `RateLimited`, `Unavailable`, and `OSError` of a folder."""
    key, written = f"checks/{new_id().hex}", os.urandom(32)
    await blobs.put(key, written, "application/octet-stream")
    try:
        found = await blobs.get(key)
    except NotFound:
        raise Unavailable("The file store does not know a file that was just written.") from None
    finally:
        await blobs.delete(key)
    if found != written:
        raise Unavailable("The file store gave other bytes back than were written.")
