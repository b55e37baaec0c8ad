"""PNG files as rows of chunks. Pictures are never decoded; every chunk but the card's goes out as it came in."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

from msgspec import Struct

from core.errors import BadInput
from personas.cards.bounds import LONGEST_SIDE, MOST_CHUNKS, MOST_JSON_BYTES, MOST_PIXELS

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORDS = (b"ccv3", b"chara")
"""Where a card stands; the first of them that there is counts."""
PLAIN, PACKED = b"tEXt", (b"zTXt", b"iTXt")


class Chunk(Struct, frozen=True):
    """One chunk: its type of four letters, and its data."""

    kind: bytes
    data: bytes

    @property
    def keyword(self) -> bytes:
        """Return what a text chunk is called; nothing for others."""
        return self.data.partition(b"\0")[0] if self.kind == PLAIN or self.kind in PACKED else b""

    @property
    def is_card(self) -> bool:
        """Whether a card stands in it."""
        return self.kind == PLAIN and self.keyword in KEYWORDS


def read_chunks(data: bytes, what: str) -> tuple[Chunk, ...]:
    """Cut a PNG into its chunks. Raises `BadInput` for what is damaged, cut off, too large, or holds a card in a wrong way."""
    if not data.startswith(SIGNATURE):
        raise BadInput(f"{what} is no PNG.")
    chunks: list[Chunk] = []
    at = len(SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        if len(data) < at + 12:
            raise BadInput(f"{what} is cut off: its last chunk is missing. Fetch the file again.")
        length, kind = struct.unpack_from(">I4s", data, at)
        if len(data) < at + 12 + length:
            raise BadInput(f"{what} is cut off in the middle of a chunk. Fetch the file again.")
        body = data[at + 8 : at + 8 + length]
        if zlib.crc32(kind + body) != struct.unpack_from(">I", data, at + 8 + length)[0]:
            raise BadInput(f"{what} is damaged: the checksum of a chunk is wrong. Fetch the file again.")
        chunks.append(Chunk(kind, body))
        at += 12 + length
        if len(chunks) > MOST_CHUNKS:
            raise BadInput(f"{what} has more than {MOST_CHUNKS} chunks; Muse reads no more.")
    if at != len(data):
        raise BadInput(f"{what} has {len(data) - at} bytes after its end; save the picture anew.")
    _look_at_picture(chunks, what)
    _look_at_cards(chunks, what)
    return tuple(chunks)


def card_bytes(chunks: tuple[Chunk, ...], what: str) -> bytes:
    """Return the JSON of the card that stands in a PNG. Raises `BadInput` when there is none, or it is no base64."""
    found = {chunk.keyword: chunk for chunk in chunks if chunk.is_card}
    for keyword in KEYWORDS:
        if keyword in found:
            return unpack_text(found[keyword], what)
    raise BadInput(f"{what} is a picture without a character card in it (no chunk ccv3 or chara).")


def unpack_text(chunk: Chunk, what: str) -> bytes:
    """Return the base64 bytes of a text chunk. Raises `BadInput`."""
    packed = chunk.data.partition(b"\0")[2]
    if len(packed) > MOST_JSON_BYTES * 4 // 3 + 4:
        raise BadInput(f"{what} has a card of {len(packed)} characters; Muse reads {MOST_JSON_BYTES} bytes of JSON.")
    try:
        return base64.b64decode(b"".join(packed.split()), validate=True)
    except binascii.Error:
        raise BadInput(f"{what}: the chunk {chunk.keyword.decode()} is no base64; export the card anew.") from None


def with_card(chunks: tuple[Chunk, ...], keyword: bytes, document: bytes, *, alone: bool) -> tuple[Chunk, ...]:
    """Put a card's JSON into a PNG's chunks: where one of that keyword stands, else before the end.

    `alone`: a card under the other keyword is taken out, for it would say something else.
    """
    card = Chunk(PLAIN, keyword + b"\0" + base64.b64encode(document))
    placed = tuple(card if chunk.is_card and chunk.keyword == keyword else chunk for chunk in chunks)
    if card not in placed:
        placed = (*placed[:-1], card, placed[-1])
    return tuple(chunk for chunk in placed if not (alone and chunk.is_card and chunk.keyword != keyword))


def write_chunks(chunks: tuple[Chunk, ...]) -> bytes:
    """Return a PNG of these chunks."""
    return SIGNATURE + b"".join(
        struct.pack(">I4s", len(c.data), c.kind) + c.data + struct.pack(">I", zlib.crc32(c.kind + c.data)) for c in chunks
    )


def _look_at_picture(chunks: list[Chunk], what: str) -> None:
    head = chunks[0]
    if head.kind != b"IHDR" or len(head.data) != 13:
        raise BadInput(f"{what} is no PNG: its head is missing.")
    width, height = struct.unpack_from(">II", head.data)
    if not width or not height or max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        bounds = f"{LONGEST_SIDE} a side and {MOST_PIXELS} in all"
        raise BadInput(f"{what} is a picture of {width} × {height} pixels; Muse takes 1 to {bounds}.")
    if not any(chunk.kind == b"IDAT" for chunk in chunks):
        raise BadInput(f"{what} is a PNG without a picture.")


def _look_at_cards(chunks: list[Chunk], what: str) -> None:
    seen: set[bytes] = set()
    for chunk in chunks:
        if chunk.keyword not in KEYWORDS:
            continue
        name = chunk.keyword.decode()
        if chunk.kind in PACKED:
            raise BadInput(f"{what} has its card in a {chunk.kind.decode()} chunk; the spec wants tEXt. Export it anew.")
        if chunk.keyword in seen:
            raise BadInput(f"{what} has several chunks {name}, and nobody knows which counts; export the card anew.")
        seen.add(chunk.keyword)
