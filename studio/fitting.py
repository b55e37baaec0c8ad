"""Pictures as each platform takes them: type, size in bytes and pixels, proportions. A picture that fits is left as it is."""

from __future__ import annotations

from math import ceil

from msgspec import Struct
from PIL import Image

from core.errors import BadInput
from core.sniffing import Mime, sniff_picture
from studio.pictures import MOST_PIXELS, encode, flat, measure, read_picture

MB = 1_000_000
QUALITIES = (92, 88, 82, 75, 66)
SHRINK = 0.8
LEAST_SIDE = 64


class Fit(Struct, frozen=True):
    """What a platform takes: kinds of files (the first is what others become), bytes, pixels, proportions.

    `sides`: width and height together. `wide` and `tall`: width over height, and height over width, at most. `label`: whether
    the platform asks for a sign on the picture itself.
    """

    mimes: tuple[Mime, ...]
    bytes: int
    long_side: int
    sides: int = 2**31
    wide: float = 1000.0
    tall: float = 1000.0
    label: bool = False


# Facts with their sources: docs/provenance.md. Where a platform names no bound, ours keeps the file a reasonable size.
FITS: dict[str, Fit] = {
    "telegram": Fit(("image/jpeg", "image/png", "image/webp"), 10 * MB, 4096, sides=10_000, wide=20.0, tall=20.0),
    "instagram": Fit(("image/jpeg",), 8 * MB, 1440, wide=1.91, tall=1.25, label=True),
    "x": Fit(("image/jpeg", "image/png", "image/webp"), 5 * MB, 4096),
    "discord": Fit(("image/jpeg", "image/png", "image/webp"), 10 * MB, 4096),
    "fanvue": Fit(("image/jpeg", "image/png"), 20 * MB, 4096, label=True),
    "onlyfans": Fit(("image/jpeg", "image/png"), 20 * MB, 4096, label=True),
    "reddit": Fit(("image/jpeg", "image/png"), 20 * MB, 4096),
    "webchat": Fit(("image/jpeg", "image/png", "image/webp"), 10 * MB, 2560),
    "preview": Fit(("image/jpeg", "image/png", "image/webp"), 10 * MB, 2560),
    "http": Fit(("image/jpeg", "image/png", "image/webp"), 10 * MB, 4096),
}


def fit_of(platform: str) -> Fit:
    """Return what a platform takes. Raises `BadInput` for one that nothing is known of."""
    if platform not in FITS:
        raise BadInput(f"It is not known which pictures {platform!r} takes; known: {', '.join(sorted(FITS))}.")
    return FITS[platform]


def fits(data: bytes, fit: Fit) -> bool:
    """Tell whether an encoded picture may go as it is. Raises `BadInput`."""
    return sniff_picture(data) in fit.mimes and len(data) <= fit.bytes and _allowed(measure(data), fit)


def takes(fit: Fit, mime: str, size: tuple[int, int], length: int) -> bool:
    """Tell the same of a picture of which only type, pixels and bytes are known."""
    return mime in fit.mimes and length <= fit.bytes and _allowed(size, fit)


def fit_for_platform(data: bytes, platform: str) -> bytes:
    """Return an encoded picture as a platform takes it: the same bytes where they do. Raises `BadInput`.

    What comes back anew carries no metadata and no manifest; `Finish.variant` marks and signs it again.
    """
    fit = fit_of(platform)
    return data if fits(data, fit) else pack(shape(read_picture(data), fit), fit, sniff_picture(data))


def shape(picture: Image.Image, fit: Fit) -> Image.Image:
    """Return a picture in proportions and pixels that the platform takes. Raises `BadInput`."""
    return resize(_pad(picture, fit), fit)


def pack(picture: Image.Image, fit: Fit, mime: Mime, *, xmp: bytes = b"", exif: bytes = b"", spare: int = 0) -> bytes:
    """Encode a picture within a platform's bytes, `spare` below them. Raises `BadInput` when that cannot be done."""
    goal = mime if mime in fit.mimes else fit.mimes[0]
    room = fit.bytes - spare
    if goal != "image/jpeg":
        encoded = encode(picture, goal, xmp=xmp, exif=exif)
        if len(encoded) <= room:
            return encoded
        goal = "image/jpeg"  # a photograph as PNG is several times as large
    while True:
        for quality in QUALITIES:
            encoded = encode(picture, goal, quality=quality, xmp=xmp, exif=exif, fine=quality > 90)
            if len(encoded) <= room:
                return encoded
        smaller = int(picture.width * SHRINK), int(picture.height * SHRINK)
        if min(smaller) < LEAST_SIDE:
            break
        picture = picture.resize(smaller, Image.Resampling.LANCZOS)
    raise BadInput("The picture cannot be made small enough for this platform.")


def resize(picture: Image.Image, fit: Fit) -> Image.Image:
    """Return a picture no larger than the platform shows it."""
    share = min(1.0, fit.long_side / max(picture.size), (fit.sides - 2) / sum(picture.size))
    if share == 1.0:
        return picture
    size = ceil(picture.width * share - 1e-9), ceil(picture.height * share - 1e-9)  # upwards: proportions stay within bounds
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _pad(picture: Image.Image, fit: Fit) -> Image.Image:
    """Widen a picture that is too long for the platform, in its own middle colour at the edges; nothing is cut off."""
    if _proportioned(picture.size, fit):
        return picture
    width = max(picture.width, ceil(picture.height / fit.tall))
    height = max(picture.height, ceil(picture.width / fit.wide))
    if width * height > MOST_PIXELS:
        raise BadInput("The picture is too long and narrow for this platform.")
    colour = picture.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    ground = Image.new("RGB", (width, height), colour)
    ground.paste(flat(picture), ((width - picture.width) // 2, (height - picture.height) // 2))
    return ground


def _allowed(size: tuple[int, int], fit: Fit) -> bool:
    return max(size) <= fit.long_side and sum(size) <= fit.sides and _proportioned(size, fit)


def _proportioned(size: tuple[int, int], fit: Fit) -> bool:
    width, height = size
    return width <= height * fit.wide and height <= width * fit.tall
