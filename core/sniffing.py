"""What a file is by its first bytes, whatever its name or sender says of it."""

from __future__ import annotations

from typing import Literal, get_args

from core.errors import BadInput

Mime = Literal["image/jpeg", "image/png", "image/webp"]
"""Still pictures as every screen shows them: what is taken, painted and kept."""

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

PICTURES: frozenset[str] = frozenset(get_args(Mime))


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


def sniff_picture(data: bytes) -> Mime:
    """Return what a picture is by its first bytes. Raises `BadInput` for anything but JPEG, PNG and WebP."""
    found = sniff(data)
    picture: Mime | None = next((mime for mime in get_args(Mime) if mime == found), None)
    if picture is None:
        raise BadInput("This is no JPEG, PNG or WebP picture.")
    return picture


def _mp4(brand: bytes) -> str | None:
    if brand in STILL_IMAGES:
        return None
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"
