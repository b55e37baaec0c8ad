"""Encoded pictures: what comes in is distrusted, what goes out is upright sRGB without anything of the old file."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from core.errors import BadInput
from core.sniffing import Mime, sniff_picture

FORMATS: dict[Mime, str] = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MOST_BYTES = 64_000_000
MOST_PIXELS = 64_000_000
"""8000 × 8000: more than any model paints; a bomb of a few kilobytes claims billions."""

QUALITY = 95


def measure(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels as a viewer shows them, without decoding. Raises `BadInput`."""
    picture = _open(data)
    turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    return (picture.height, picture.width) if turned else picture.size


def read_picture(data: bytes) -> Image.Image:
    """Decode one still picture: upright, in sRGB, mode RGB or RGBA, bare of metadata. Raises `BadInput`."""
    picture = _open(data)
    try:
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        plain = _to_srgb(upright)
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as error:
        raise BadInput(f"The picture is damaged and cannot be read ({type(error).__name__}).") from None
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def encode(
    picture: Image.Image, mime: Mime, *, quality: int = QUALITY, xmp: bytes = b"", exif: bytes = b"", fine: bool = True
) -> bytes:
    """Encode a picture with an sRGB profile and the given metadata; `fine` keeps a JPEG's colours at full size."""
    out = io.BytesIO()
    if mime == "image/png":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        if xmp:
            info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        picture.save(out, "PNG", pnginfo=info, icc_profile=srgb(), exif=exif, optimize=False, compress_level=6)
    elif mime == "image/webp":
        picture.save(out, "WEBP", quality=quality, method=4, icc_profile=srgb(), xmp=xmp, exif=exif)
    else:
        chroma = 0 if fine else 2
        # Not `optimize`: Pillow gives it a buffer that a noisy picture overflows.
        flat(picture).save(out, "JPEG", quality=quality, subsampling=chroma, icc_profile=srgb(), xmp=xmp, exif=exif)
    return out.getvalue()


def flat(picture: Image.Image) -> Image.Image:
    """Return a picture without transparency, on white."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


@lru_cache(1)
def srgb() -> bytes:
    """Return the profile that says sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _open(data: bytes) -> Image.Image:
    if len(data) > MOST_BYTES:
        raise BadInput(f"The picture has {len(data) // 1_000_000} MB; at most {MOST_BYTES // 1_000_000} are taken.")
    mime = sniff_picture(data)
    try:
        picture = Image.open(io.BytesIO(data), formats=[FORMATS[mime]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadInput(f"The picture cannot be read ({type(error).__name__}).") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large()
    if getattr(picture, "n_frames", 1) > 1:
        raise BadInput("The picture moves; only still ones are taken.")
    return picture


def _too_large() -> BadInput:
    return BadInput(f"The picture claims more than {MOST_PIXELS // 1_000_000} million pixels.")


def _to_srgb(picture: Image.Image) -> Image.Image:
    """Bring colours from the file's own profile to sRGB; without a profile they are taken for sRGB already."""
    seen = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA")
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            goal = ImageCms.createProfile("sRGB")
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            brought = ImageCms.profileToProfile(picture, source, goal, outputMode=mode)
            if brought is not None:
                return brought
        except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is nonsense: the numbers are all there is
            pass
    if picture.mode in ("I;16", "I;16B", "I;16L", "I"):
        picture = picture.point(lambda level: level / 256).convert("L")
    return picture.convert("RGBA" if seen else "RGB")
