"""PNG files made by hand, sound and unsound."""

from __future__ import annotations

import base64
import struct
import zlib

from personas.cards.png import SIGNATURE


def chunk(kind: bytes, data: bytes, *, crc: int | None = None) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def head(width: int = 2, height: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


PIXELS = chunk(b"IDAT", zlib.compress(b"\0\xff\x80\x40\x10\x20\x30" * 2))
END = chunk(b"IEND", b"")


def text(keyword: bytes, value: bytes) -> bytes:
    return chunk(b"tEXt", keyword + b"\0" + value)


def picture(*chunks: bytes, width: int = 2, height: int = 2) -> bytes:
    """Return a PNG with these chunks between its pixels and its end."""
    return SIGNATURE + head(width, height) + PIXELS + b"".join(chunks) + END


def card_picture(document: bytes, keyword: bytes = b"chara", *more: bytes) -> bytes:
    return picture(text(keyword, base64.b64encode(document)), *more)
