"""Writes all that is held about a person into one file: JSON with the files in it, or a ZIP with a report beside them."""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from cli.fans.report import write_report
from core.errors import BadInput, NotFound
from core.ports import Blobs
from storage.exports import SECTIONS, Rows

FORMAT = "muse fan export 1"


async def gather_files(held: Mapping[str, Rows], blobs: Blobs) -> dict[str, bytes]:
    """Return the stored files of an export by their names in it, and note the name in each file's row."""
    found = {}
    for row in (*held["files"], *(one["asset"] for one in held["pictures"] if one["asset"])):
        if row.get("state", "stored") != "stored" or not row["blob_key"]:
            continue
        try:
            data = await blobs.get(row["blob_key"])
        except NotFound:
            continue
        row["file"] = f"files/{row['id']}{mimetypes.guess_extension(row['mime'] or '') or '.bin'}"
        found[row["file"]] = data
    return found


def write_export(path: Path, held: Mapping[str, Rows], files: Mapping[str, bytes], made_at: str) -> None:
    """Write the export, readable by this user only: a ZIP for a `.zip` name, else JSON. Raises `BadInput` where it cannot."""
    about = {name: query.doc for name, query in SECTIONS.items()}
    document: dict[str, Any] = {"format": FORMAT, "made_at": made_at, "about": about, **held}
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(f"{path} exists already; name another file.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}).") from None
    with os.fdopen(handle, "wb") as out:
        if path.suffix.lower() != ".zip":
            contents = {name: base64.b64encode(data).decode() for name, data in files.items()}
            out.write(_pretty({**document, "file_contents_base64": contents}))
            return
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            archive.writestr("report.md", write_report(held, made_at))
            archive.writestr("fan.json", _pretty(document))
            for name, data in files.items():
                archive.writestr(name, data)


def _pretty(document: Mapping[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2)
