"""What files are by their bytes, and what is taken as what."""

import pytest

from core.errors import BadInput
from core.sniffing import sniff
from gateway.platforms.acceptance import accept

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 "
GIF = b"GIF89a\x01\x00"
OGG = b"OggS\x00\x02" + b"\0" * 22 + b"OpusHead"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00"
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00"
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00"
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
MKV = WEBM.replace(b"webm", b"matroska")
PDF = b"%PDF-1.7\n"
TGS = b"\x1f\x8b\x08\x00"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (GIF, "image/gif"),
        (OGG, "audio/ogg"),
        (WAV, "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (MP4, "video/mp4"),
        (M4A, "audio/mp4"),
        (MOV, "video/quicktime"),
        (WEBM, "video/webm"),
        (PDF, "application/pdf"),
        (TGS, "application/gzip"),
        (HEIC, None),
        (MKV, None),
        (b"RIFF\x24\x00\x00\x00AVI ", None),
        (b"<html>", None),
        (b"<svg xmlns", None),
        (b"MZ\x90", None),
        (b"PK\x03\x04", None),
        (b"", None),
        (b"\xff\xd8", None),
    ],
)
def test_types_are_told_by_their_first_bytes(data: bytes, mime: str | None) -> None:
    assert sniff(data) == mime


@pytest.mark.parametrize(
    ("data", "kind", "announced", "mime"),
    [
        (JPEG, "photo", None, "image/jpeg"),
        (OGG, "voice", "audio/ogg; codecs=opus", "audio/ogg"),
        (M4A, "audio", "video/mp4", "audio/mp4"),
        (GIF, "video", "video/mp4", "image/gif"),
        (WEBM, "sticker", None, "video/webm"),
        (TGS, "sticker", None, "application/gzip"),
        (PDF, "document", "application/pdf", "application/pdf"),
        (PNG, "document", "application/octet-stream", "image/png"),
    ],
)
def test_what_is_taken(data: bytes, kind: str, announced: str | None, mime: str) -> None:
    assert accept(data, kind, announced) == mime


@pytest.mark.parametrize(
    ("data", "kind", "announced"),
    [
        (PDF, "photo", None),
        (MP4, "photo", "image/jpeg"),
        (JPEG, "voice", "audio/ogg"),
        (TGS, "document", None),
        (PDF, "document", "image/png"),
        (JPEG, "document", "application/pdf"),
        (JPEG, "document", "video/mp4"),
        (b"MZ\x90", "document", "image/jpeg"),
        (HEIC, "photo", "image/heic"),
        (JPEG, "hologram", None),
    ],
)
def test_what_is_refused(data: bytes, kind: str, announced: str | None) -> None:
    with pytest.raises(BadInput):
        accept(data, kind, announced)
