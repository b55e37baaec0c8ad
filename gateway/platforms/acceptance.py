"""What is taken of a file that a fan sent, and as what: by its bytes, held against what its sender says."""

from __future__ import annotations

from core.errors import BadInput
from core.sniffing import PICTURES, sniff

SOUNDS = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/flac", "audio/wav"})
FILMS = frozenset({"video/mp4", "video/webm", "video/quicktime", "image/gif"})
ACCEPTED = {
    "photo": PICTURES,
    "voice": SOUNDS,
    "audio": SOUNDS,
    "video": FILMS,
    "sticker": PICTURES | {"video/webm", "application/gzip"},
    "document": PICTURES | SOUNDS | FILMS | {"application/pdf"},
}


def accept(data: bytes, kind: str, announced: str | None = None) -> str:
    """Return the type of a fan's file of this `MediaRef.kind`. Raises `BadInput` when the bytes are something else."""
    found = sniff(data)
    if found is None:
        raise BadInput("The file is of a kind that Muse does not take.")
    if found not in ACCEPTED.get(kind, frozenset()):
        raise BadInput(f"The file was sent as {kind} and is {found}.")
    if announced and not _agree(found, announced.partition(";")[0].strip().lower()):
        raise BadInput(f"The file says that it is something else than the {found} it is.")
    return found


def _agree(found: str, announced: str) -> bool:
    """Hold the announcement to its family: senders confuse MP3 with MPEG, never a picture with a PDF."""
    if announced == "application/octet-stream":
        return True
    family, said = found.partition("/")[0], announced.partition("/")[0]
    if "application" in (family, said):
        return found == announced
    moving = {"audio", "video"}
    return family == said or found == "image/gif" or {family, said} <= moving
