"""Malformed, hostile and huge cards each get one clear error, and nothing is fetched, written or unpacked for them."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from datetime import date
from typing import Any

import pytest

from core.errors import BadInput
from personas.cards import bounds, charx
from personas.cards.card import read_card
from personas.cards.charx import Packed, write_charx
from personas.cards.incoming import import_card
from tests.personas.cards.pictures import END, PIXELS, card_picture, chunk, head, picture, text

TODAY = date(2026, 5, 1)
PLAIN = b'{"name": "Mia", "description": "Makes bowls."}'
V3 = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Mia"}}


def refused(data: bytes, match: str) -> None:
    """The card is refused in one sentence that names the file and no place in our code."""
    with pytest.raises(BadInput, match=match) as caught:
        import_card(read_card(data, "mia.card"), TODAY)
    assert len(str(caught.value)) < 500
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "is empty"),
        (b"   ", "is empty"),
        (b"\xff\xd8\xff\xe0 a jpeg", "neither JSON nor PNG nor CHARX"),
        (b"{", "is no JSON: .*line 1"),
        (b"[1, 2]", "no object"),
        (b'"text"', "no object"),
        (b'{"name": "M", "description": "a", "name": "N"}', "the key 'name' twice"),
        (b'{"name": "M", "description": "a", "x": {"y": 1, "y": 2}}', "the key 'y' twice"),
        (b'{"name": "M", "description": NaN}', "NaN in it"),
        (b'{"name": "M", "description": "a", "x": -Infinity}', "-Infinity in it"),
        (b'{"name": "M", "description": "a", "x": 1e999}', "too large to be kept"),
        (b'{"name": "M", "description": "a", "x": ' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"name": "M", "description": "a\\u0000b"}', "NUL character"),
        (b'{"name": "M", "description": "a", "x\\u0000": 1}', "NUL character"),
        (b'{"name": "M", "description": "\\ud800"}', r"half a character \(U\+D800\)"),
        (b'{"name": "M", "description": "\xff"}', "no text in UTF-8"),
        (b'{"name": "M", "description": ' + b"[" * 100 + b"]" * 100 + b"}", "deeper than 64"),
        (b'{"name": "M", "description": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "deeper than 64"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 64"),
        (b'{"hello": 1}', "no character card"),
        (b'{"name": "M"}', "no character card"),
        (b'{"spec": "chara_card_v9", "data": {}}', "of the spec 'chara_card_v9'"),
        (b'{"spec": 3, "data": {}}', "of the spec '3'"),
        (b'{"spec": "chara_card_v2"}', "has no object data"),
        (b'{"spec": "chara_card_v2", "data": []}', "has no object data"),
        (b'{"spec": "lorebook_v3", "data": {"entries": []}}', "a lorebook without a character"),
        (b'{"name": "", "description": "a"}', "name is empty"),
        (b'{"name": 7, "description": "a"}', "name is a number, but has to be text"),
        (b'{"name": "M", "description": ["a"]}', "description is a list, but has to be text"),
        (b'{"spec": "chara_card_v2", "data": {"name": "M", "character_book": {"entries": 3}}}', "entries is a number"),
        (b'{"spec": "chara_card_v2", "data": {"name": "M", "character_book": {"entries": [3]}}}', r"entries\[0\] is a number"),
        (
            b'{"spec": "chara_card_v2", "data": {"name": "M", "character_book": {"entries": [{"keys": [1]}]}}}',
            r"data.character_book.entries\[0\].keys\[0\] is a number",
        ),
        (b'{"spec": "chara_card_v2", "data": {"name": "M", "extensions": {"muse": {"persona": {"slug": "m"}}}}}', "muse.pers"),
    ],
)  # fmt: skip
def test_json_that_is_none_or_no_card(data: bytes, match: str) -> None:
    refused(data, match)


def test_json_beyond_the_bounds() -> None:
    refused(b'{"name": "M", "description": "' + b"a" * bounds.MOST_JSON_BYTES + b'"}', "bytes of JSON")
    refused(b" " * (bounds.MOST_FILE_BYTES + 1), "Muse reads cards of up to")
    refused(b'{"name": "M", "description": "a", "x": [' + b"0," * bounds.MOST_VALUES + b"0]}", "more than 2000000 values")


def test_a_lorebook_of_a_hundred_thousand_entries() -> None:
    entries = [{"keys": ["k"], "content": "c", "extensions": {}, "enabled": True, "insertion_order": 1}] * 60_000
    book = {"entries": entries, "extensions": {}}
    refused(json.dumps({**V3, "data": {"name": "Mia", "character_book": book}}).encode(), "60000 entries; Muse takes 2000")
    book["entries"] = [{"keys": ["k"], "content": "c"}] * 100_000
    refused(
        json.dumps({**V3, "data": {"name": "Mia", "character_book": book}}).encode(), "entries; Muse takes|more than 500000"
    )
    book["entries"] = [{"keys": ["k"], "content": "c" * 20_001}]
    refused(json.dumps({**V3, "data": {"name": "Mia", "character_book": book}}).encode(), "20001 characters")


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (picture(), "without a character card"),
        (card_picture(b"{not json"), "is no JSON"),
        (picture(text(b"chara", b"%%% no base64 %%%")), "chunk chara is no base64"),
        (picture(text(b"chara", b"AAA")), "chunk chara is no base64"),
        (card_picture(PLAIN)[:-20], "cut off"),
        (card_picture(PLAIN)[:60], "cut off"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (card_picture(PLAIN) + b"tail", "4 bytes after its end"),
        (picture(chunk(b"tEXt", b"chara\0" + base64.b64encode(PLAIN), crc=7)), "checksum of a chunk"),
        (card_picture(PLAIN, b"chara", text(b"chara", base64.b64encode(PLAIN))), "several chunks chara"),
        (picture(chunk(b"zTXt", b"chara\0\0" + zlib.compress(base64.b64encode(PLAIN)))), "in a zTXt chunk"),
        (picture(chunk(b"iTXt", b"ccv3\0\0\0\0\0" + base64.b64encode(PLAIN))), "in a iTXt chunk"),
        (picture(text(b"chara", base64.b64encode(PLAIN)), width=100_000, height=2), "100000 × 2 pixels"),
        (picture(text(b"chara", base64.b64encode(PLAIN)), width=8000, height=8000), "8000 × 8000 pixels"),
        (picture(text(b"chara", base64.b64encode(PLAIN)), width=0, height=2), "0 × 2 pixels"),
        (picture(text(b"chara", base64.b64encode(PLAIN)), width=2**32 - 1, height=2**32 - 1), "pixels"),
        (b"\x89PNG\r\n\x1a\n" + PIXELS + END, "its head is missing"),
        (b"\x89PNG\r\n\x1a\n" + head() + text(b"chara", base64.b64encode(PLAIN)) + END, "without a picture"),
        (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**32 - 1, b"IHDR") + b"0" * 30, "cut off"),
        (picture(*[chunk(b"tEXt", b"a\0b")] * (bounds.MOST_CHUNKS + 1)), "more than 20000 chunks"),
    ],
)
def test_pictures(data: bytes, match: str) -> None:
    refused(data, match)


def archive(*files: tuple[str, bytes], card: bytes | None = None, **how: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in (("card.json", json.dumps(V3).encode() if card is None else card), *files):
            info = zipfile.ZipInfo(name)
            info.external_attr = how.get("mode", 0) << 16 if name != "card.json" else 0
            out.writestr(info, data, how.get("method", zipfile.ZIP_DEFLATED))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "path",
    [
        "../up.png",
        "a/../../up.png",
        "/etc/passwd",
        "C:\\x.png",
        "a\\b.png",
        "a//b.png",
        "./a.png",
        "a/\x01.png",
        "a" * 300,
        "con:x",
    ],
)
def test_paths_that_leave_the_archive(path: str) -> None:
    refused(archive((path, b"x")), "a name has to stay inside")


def test_a_path_with_a_nul() -> None:
    refused(
        archive(("assets/aXb.png", b"x")).replace(b"assets/aXb.png", b"assets/a\0b.png"),
        "a name has to stay inside|no sound zip",
    )


@pytest.mark.parametrize("mode", [0o120777, 0o060666, 0o010666, 0o140777])
def test_links_and_devices(mode: int) -> None:
    refused(archive(("assets/link.png", b"/etc/passwd"), mode=mode), "a link or a device")


def test_archives_that_are_none_or_hold_no_card() -> None:
    refused(b"PK\x03\x04", "no sound zip")
    refused(archive()[:-30], "no sound zip")
    refused(archive()[:40] + archive()[60:], "no sound zip")
    refused(archive(("assets/a.png", b"a" * 500)).replace(b"card.json", b"cord.json"), "no card.json")
    refused(archive(card=b"{"), "card.json in mia.card is no JSON")
    refused(archive(("A.png", b"1"), ("a.png", b"2")), "twice")
    refused(archive(("a.png", b"1" * 50), method=zipfile.ZIP_LZMA), "packed in a way")


def test_an_archive_that_is_encrypted() -> None:
    data = bytearray(archive(("a.png", b"1")))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    refused(bytes(data), "encrypted")


def test_archives_that_explode() -> None:
    refused(archive(("a.bin", b"\0" * (20 * bounds.MIB))), "more than 200 times its size")
    refused(archive(*((f"{n}.bin", b"") for n in range(bounds.MOST_FILES + 1))), "files in it; Muse takes 2000")


def test_an_archive_of_too_much_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charx, "MOST_UNPACKED_BYTES", 1000)
    refused(archive(("a.bin", b"ab1" * 200), ("b.bin", b"cd2" * 200)), "unpacks to more than 1000 bytes")


def test_an_archive_that_lies_about_sizes() -> None:
    data = bytearray(archive(("a.bin", b"0123456789" * 10)))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 5)  # the directory says: five bytes
    refused(bytes(data), "not of the size|no sound zip")
    data = bytearray(archive(("a.bin", b"0123456789" * 10)))
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, at + 8, 1, 1)  # the end says: one file
    assert read_card(bytes(data)).files[0].path == "a.bin"
    struct.pack_into("<HH", data, at + 8, 65535, 65535)
    refused(bytes(data), "too many files")
    struct.pack_into("<HH", data, at + 8, 2, 2)
    struct.pack_into("<I", data, at + 12, 500 * bounds.MIB)
    refused(bytes(data), "too many files")


def test_files_that_lie_in_one_another() -> None:
    data = bytearray(archive(("a.bin", bytes(range(256)) * 8), ("b.bin", b"x")))
    at = data.rfind(b"PK\x01\x02")
    first = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
    packed = struct.unpack_from("<I", data, first + 20)[0]
    struct.pack_into("<I", data, at + 20, packed * 40)
    refused(bytes(data), "lie in one another|no sound zip")


@pytest.mark.parametrize(
    ("uri", "match"),
    [
        ("file:///etc/passwd", "names a file of this machine"),
        ("FILE:///etc/passwd", "names a file of this machine"),
        ("/etc/passwd", "names a file of this machine"),
        ("data:image/png;base64," + "A" * bounds.LONGEST_DATA_URI, "Muse takes 8388608"),
    ],
)
def test_assets_that_are_no_ones_business(uri: str, match: str) -> None:
    asset = {"type": "icon", "uri": uri, "name": "main", "ext": "png"}
    refused(json.dumps({**V3, "data": {"name": "Mia", "assets": [asset]}}).encode(), match)


def test_assets_on_the_web_are_never_fetched_and_the_operator_hears_of_them() -> None:
    uris = ["https://example.org/a.png", "http://127.0.0.1:1/b.png", "gopher://x/y", "embeded://assets/gone.png", "ccdefault:"]
    assets = [{"type": "icon", "uri": uri, "name": "n", "ext": "png"} for uri in uris]
    document = {**V3, "data": {"name": "Mia", "assets": assets}}
    imported = import_card(read_card(write_charx(json.dumps(document).encode(), (Packed("assets/a.png", b"a"),))), TODAY)
    assert imported.card.document == document
    assert imported.notes[:3] == (
        "2 assets lie on the web; they were not fetched, and their addresses stay in the card.",
        "1 assets are named but missing in the CHARX.",
        "1 assets have an address of a kind that Muse does not know; it stays in the card.",
    )
    refused(json.dumps({**V3, "data": {"name": "Mia", "assets": assets * 500}}).encode(), "2500 assets; Muse takes 2000")


def test_a_refused_pattern_is_told_and_the_card_imported() -> None:
    entry = {"keys": ["(?=x)"], "use_regex": True, "content": "c", "extensions": {}, "enabled": True, "insertion_order": 1}
    document = {**V3, "data": {"name": "Mia", "character_book": {"entries": [entry], "extensions": {}}}}
    imported = import_card(read_card(json.dumps(document).encode()), TODAY)
    assert any("cannot be used" in loss.why and "never matches" in loss.why for loss in imported.losses)
