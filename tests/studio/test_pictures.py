"""Pictures that come in: colours, orientation, and files that were made to harm."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image, ImageCms

from core.errors import BadInput
from core.sniffing import sniff_picture
from studio.pictures import encode, measure, read_picture
from tests.studio.made import painting, saved, shown

RED, BLUE = (255, 0, 0), (0, 0, 255)


def corner(picture: Image.Image) -> tuple[int, int, int]:
    level = picture.convert("RGB").getpixel((2, 2))
    assert isinstance(level, tuple)
    return level[0], level[1], level[2]


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("turn", "first"), [(1, RED), (3, BLUE), (6, None), (8, None)])
def test_a_turned_picture_comes_out_upright(turn: int, first: tuple[int, int, int] | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    data = saved(painting(96, 128), "JPEG", exif=exif.tobytes(), quality=95)
    picture = read_picture(data)
    assert picture.size == measure(data) == ((128, 96) if first is None else (96, 128))
    assert shown(encode(picture, "image/jpeg")).getexif().get(0x0112, 1) == 1
    if first is not None:
        assert near(corner(picture), first, 40)


def test_colours_are_brought_to_srgb() -> None:
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.createProfile("sRGB")
    wide = ImageCms.profileToProfile(painting(), srgb, lab, outputMode="LAB")
    assert wide is not None
    plain = painting(mode="CMYK")
    assert read_picture(saved(plain, "JPEG", quality=95)).mode == "RGB"
    again = read_picture(saved(painting(), "PNG", icc_profile=ImageCms.ImageCmsProfile(srgb).tobytes()))
    assert near(corner(again), RED)
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(srgb)).startswith("sRGB")
    assert shown(encode(again, "image/png")).info["icc_profile"]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA", "1", "I;16"])
def test_every_kind_of_pixels_is_taken(mode: str) -> None:
    picture = read_picture(saved(painting().convert("L").convert(mode) if mode == "I;16" else painting().convert(mode)))
    assert picture.mode in ("RGB", "RGBA")
    assert picture.size == (96, 128)


def test_a_profile_that_is_nonsense_does_no_harm() -> None:
    assert near(corner(read_picture(saved(painting(), "PNG", icc_profile=b"nonsense" * 20))), RED)


def test_nothing_of_the_old_file_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a fan's name"
    old = saved(painting(), "JPEG", exif=exif.tobytes(), comment=b"a fan's words", xmp=b"<x>a fan's place</x>")
    assert b"fan's" in old
    for mime in ("image/jpeg", "image/png", "image/webp"):
        assert b"fan's" not in encode(read_picture(old), mime)  # type: ignore[arg-type]  # one of three


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no JPEG"),
        (b"GIF89a" + bytes(100), "no JPEG"),
        (b"\xff\xd8\xff" + bytes(100), "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "cannot be read"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "cannot be read"),
        (bomb(40_000, 40_000), "million pixels"),
        (bomb(9_500, 9_500), "million pixels"),
        (bomb(12_000, 8_000), "million pixels"),
        (bomb(400, 400), "damaged"),
        (saved(painting(800, 600), "JPEG")[:4000], "damaged"),
    ],
    ids=["empty", "svg", "gif", "jpeg", "png", "webp", "huge bomb", "large bomb", "warned bomb", "short", "cut"],
)
def test_hostile_files_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_picture(data)


def test_a_moving_picture_is_refused() -> None:
    frames = [painting(), painting().rotate(90)]
    for kind in ("WEBP", "PNG"):
        with pytest.raises(BadInput, match="moves"):
            read_picture(saved(frames[0], kind, save_all=True, append_images=frames[1:]))


def test_transparency_becomes_white_where_a_kind_has_none() -> None:
    clear = Image.new("RGBA", (64, 64), (10, 20, 30, 0))
    assert near(corner(shown(encode(clear, "image/jpeg"))), (255, 255, 255))
    assert shown(encode(clear, "image/png")).mode == "RGBA"


def test_the_type_is_known_by_the_bytes() -> None:
    assert [sniff_picture(saved(painting(), kind)) for kind in ("JPEG", "PNG", "WEBP")] == [
        "image/jpeg",
        "image/png",
        "image/webp",
    ]
