"""What a file is by its first bytes, whatever its name or sender says of it."""

from __future__ import annotations

from core.errors import BadInput

STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b\x08", "application/gzip"),  # Telegram's animated stickers
)
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
STILL_IMAGES = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
"""Brands that share MP4's container and are pictures; we do not take them."""

SOUNDS = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/flac", "audio/wav"})
FILMS = frozenset({"video/mp4", "video/webm", "video/quicktime", "image/gif"})
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
ACCEPTED = {
    "photo": PICTURES,
    "voice": SOUNDS,
    "audio": SOUNDS,
    "video": FILMS,
    "sticker": PICTURES | {"video/webm", "application/gzip"},
    "document": PICTURES | SOUNDS | FILMS | {"application/pdf"},
}


def sniff(data: bytes) -> str | None:
    """Return the media type that the first bytes show, or None for anything we do not know."""
    for start, mime in STARTS:
        if data.startswith(start):
            return mime
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _mp4(data[8:12])
    if data[:4] == b"\x1aE\xdf\xa3" and b"webm" in data[:64]:
        return "video/webm"
    return None


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


def _mp4(brand: bytes) -> str | None:
    if brand in STILL_IMAGES:
        return None
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def _agree(found: str, announced: str) -> bool:
    """Hold the announcement to its family: senders confuse MP3 with MPEG, never a picture with a PDF."""
    if announced == "application/octet-stream":
        return True
    family, said = found.partition("/")[0], announced.partition("/")[0]
    if "application" in (family, said):
        return found == announced
    moving = {"audio", "video"}
    return family == said or found == "image/gif" or {family, said} <= moving
