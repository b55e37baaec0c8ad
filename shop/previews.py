"""Pictures of the vault: what may go in, and the blurred, marked preview that an offer shows instead of them."""

from __future__ import annotations

import io
import warnings

from msgspec import Struct
from PIL import Image, ImageDraw, ImageFilter, UnidentifiedImageError

from core.errors import BadInput

LARGEST_BYTES = 10_000_000
LARGEST_PIXELS = 50_000_000
LARGEST_SIDE, SMALLEST_SIDE = 10_000, 64
MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
WIDTH = 540
GRAINS = 24
"""Pixels of the picture's width that a preview is made of: its colours, from which nothing can be won back."""

QUALITY = 84


class Drawn(Struct, frozen=True):
    """An encoded picture; sizes in pixels."""

    data: bytes
    mime: str
    width: int
    height: int


def read_picture(data: bytes) -> Drawn:
    """Look at a picture that is to go into the vault, whole. Raises `BadInput` with what to do."""
    if len(data) > LARGEST_BYTES:
        raise BadInput(
            f"A picture holds at most {LARGEST_BYTES // 1_000_000} MB, not {len(data) / 1_000_000:.1f}; make it smaller."
        )
    picture = _open(data)
    if picture.format not in MIMES:
        raise BadInput("The file is no JPEG, PNG or WebP picture.")
    if getattr(picture, "n_frames", 1) > 1:
        raise BadInput("The picture is animated; export one frame of it.")
    return Drawn(data, MIMES[picture.format], picture.width, picture.height)


def draw_preview(data: bytes) -> Drawn:
    """Draw the preview of a locked pack from its first picture: blurred beyond recovery, with a lock. Raises `BadInput`."""
    picture = _open(data).convert("RGB")
    height = max(1, round(GRAINS * picture.height / picture.width))
    tiny = picture.resize((GRAINS, height), Image.Resampling.BOX)
    tall = max(SMALLEST_SIDE, round(WIDTH * picture.height / picture.width))
    sheet = tiny.resize((WIDTH, tall), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(24))
    sheet = Image.composite(Image.new("RGB", sheet.size, "white"), sheet, _lock(sheet.size))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Drawn(out.getvalue(), "image/jpeg", sheet.width, sheet.height)


def _open(data: bytes) -> Image.Image:
    """Decode a picture, sizes looked at before its pixels. Raises `BadInput`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            sides = (picture.width, picture.height)
            if max(sides) > LARGEST_SIDE or min(sides) < SMALLEST_SIDE or sides[0] * sides[1] > LARGEST_PIXELS:
                raise BadInput(f"A picture is {SMALLEST_SIDE} to {LARGEST_SIDE} pixels a side, not {sides[0]}×{sides[1]}.")
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise BadInput("The file is no picture that can be read; it may be cut short.") from None
    return picture


def _lock(size: tuple[int, int]) -> Image.Image:
    """Draw a lock in the middle, as how much of it shows."""
    mask = Image.new("L", size)
    pen, unit = ImageDraw.Draw(mask), min(size) / 12
    x, y = size[0] / 2, size[1] / 2
    pen.arc((x - unit * 0.7, y - unit * 1.7, x + unit * 0.7, y - unit * 0.3), 180, 360, fill=130, width=max(2, round(unit / 4)))
    for side in (-1, 1):
        pen.line((x + side * unit * 0.6, y - unit, x + side * unit * 0.6, y), fill=130, width=max(2, round(unit / 4)))
    pen.rounded_rectangle((x - unit, y - unit * 0.2, x + unit, y + unit * 1.2), radius=unit / 4, fill=130)
    return mask
