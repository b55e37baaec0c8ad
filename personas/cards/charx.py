"""CHARX files: a zip with `card.json` and the card's assets. Nothing is written to disk, and nothing is believed unmeasured."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

from msgspec import Struct

from core.errors import BadInput
from personas.cards.bounds import (
    LONGEST_PATH,
    MOST_FILES,
    MOST_JSON_BYTES,
    MOST_RATIO,
    MOST_UNPACKED_BYTES,
    RATIO_FREE_BYTES,
)

CARD = "card.json"
MAGIC = b"PK\x03\x04"
_END = b"PK\x05\x06"
_DIRECTORY_BYTES = 46 + 2 * LONGEST_PATH * 4
"""At most so many bytes of the directory for one file."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Packed(Struct, frozen=True):
    """One file of a CHARX."""

    path: str
    data: bytes


def read_charx(data: bytes, what: str) -> tuple[bytes, tuple[Packed, ...]]:
    """Return `card.json` and all other files, in their order. Raises `BadInput` for what is damaged, hostile or too large."""
    _look_at_end(data, what)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _look_at_entries(archive.infolist(), len(data), what)
            files = [Packed(entry.filename, _unpack(archive, entry, what)) for entry in entries]
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, RuntimeError, ValueError, OSError) as error:
        raise BadInput(f"{what} is no sound zip: {error}. Fetch the file again.") from None
    card = next((file.data for file in files if file.path == CARD), None)
    if card is None:
        raise BadInput(f"{what} has no {CARD} at its root, so it is no CHARX.")
    return card, tuple(file for file in files if file.path != CARD)


def write_charx(card: bytes, files: tuple[Packed, ...]) -> bytes:
    """Return a CHARX; the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (Packed(CARD, card), *files):
            archive.writestr(zipfile.ZipInfo(file.path, _EPOCH), file.data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _look_at_end(data: bytes, what: str) -> None:
    """Look at the directory's size before Python builds an object for each entry that it claims."""
    at = data.rfind(_END, max(0, len(data) - 65_557))
    if not data.startswith(MAGIC) or at == -1 or len(data) < at + 22:
        raise BadInput(f"{what} is no sound zip: its end is missing. Fetch the file again.")
    count, size = struct.unpack_from("<HI", data, at + 10)
    if count == 0xFFFF or size == 0xFFFFFFFF or count > MOST_FILES or size > MOST_FILES * _DIRECTORY_BYTES:
        raise BadInput(f"{what} has too many files in it; Muse takes {MOST_FILES}.")


def _look_at_entries(entries: list[zipfile.ZipInfo], size: int, what: str) -> None:
    if len(entries) > MOST_FILES:
        raise BadInput(f"{what} has {len(entries)} files in it; Muse takes {MOST_FILES}.")
    seen: set[str] = set()
    for entry in entries:
        _look_at_path(entry, what)
        if entry.filename.casefold() in seen:
            raise BadInput(f"{what} has the file {entry.filename!r} twice.")
        seen.add(entry.filename.casefold())
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadInput(f"{what}: {entry.filename!r} is packed in a way that Muse does not read; pack it with deflate.")
        if entry.flag_bits & 0x1:
            raise BadInput(f"{what} is encrypted; Muse reads open files only.")
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise BadInput(f"{what}: {entry.filename!r} unpacks to more than {MOST_RATIO} times its size; it is refused.")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise BadInput(f"{what} unpacks to more than {MOST_UNPACKED_BYTES} bytes; it is refused.")
    if sum(entry.compress_size for entry in entries) > size:
        raise BadInput(f"{what} has files that lie in one another; it is refused.")


def _look_at_path(entry: zipfile.ZipInfo, what: str) -> None:
    path = entry.orig_filename.rstrip("/") if entry.is_dir() else entry.orig_filename
    parts = path.split("/")
    bad = (
        not path
        or len(path) > LONGEST_PATH
        or any(part in ("", ".", "..") for part in parts)
        or any(character in path for character in '\\:\0*?"<>|')
        or any(ord(character) < 32 for character in path)
    )
    if bad:
        raise BadInput(f"{what} has a file called {path[:80]!r}; a name has to stay inside the archive and be plain.")
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadInput(f"{what}: {path!r} is a link or a device, not a file; it is refused.")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, what: str) -> bytes:
    """Unpack one file, no further than it claims to be."""
    most = MOST_JSON_BYTES if entry.filename == CARD else MOST_UNPACKED_BYTES
    if entry.file_size > most:
        raise BadInput(f"{what}: {entry.filename!r} has {entry.file_size} bytes; Muse reads {most}.")
    with archive.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise BadInput(f"{what}: {entry.filename!r} is not of the size that it claims; it is refused.")
    return data
