"""After painting: enlarged where that is set, marked as made by AI, with a thumbnail; and as each platform takes it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct
from PIL import Image

from core.errors import Misconfigured
from core.ids import new_id
from core.pictures import Finished, Origin, Painted
from core.settings import Settings
from core.sniffing import Mime, sniff_picture
from studio.fitting import fit_of, fits, pack, shape
from studio.labels import draw_label
from studio.metadata import SENTENCE, exif_of, xmp_of
from studio.pictures import encode, flat, measure, read_picture
from studio.provenance import MANIFEST_BYTES, Parent, changed, created, sign
from studio.reading import read_provenance
from studio.signing import Signing, open_signing
from studio.upscaling import Upscaler

MASTER: Mime = "image/jpeg"
THUMBNAIL = 320
THUMBNAIL_QUALITY = 80
Labels = Literal["platform", "always", "never"]


class Marks(Struct, frozen=True):
    """How pictures are marked: `labels` says when the words stand on the picture itself."""

    signing: Signing
    labels: Labels = "platform"
    words: str = SENTENCE


class Finish:
    """Makes of a painted picture one that may be kept, and of a kept one what a platform takes. Works in threads."""

    def __init__(self, marks: Marks, upscaler: Upscaler) -> None:
        """Join the ways of marking with what enlarges."""
        self._marks = marks
        self._upscaler = upscaler

    @property
    def signer(self) -> str:
        """Who signs, as the certificate names them."""
        return self._marks.signing.subject

    async def finish(self, painted: Painted, origin: Origin, base: bytes | None = None) -> Finished:
        """Return the picture enlarged, marked and signed, with its thumbnail; `base`: the picture it was begun with.

        Raises `Misconfigured`, `NoRoom`, and `BadInput` for bytes that are no picture.
        """
        picture = await asyncio.to_thread(read_picture, painted.data)
        larger = await self._upscaler.enlarge(picture)
        return await asyncio.to_thread(self._finish, larger, origin, base)

    async def variant(self, data: bytes, platform: str, origin: Origin) -> Finished:
        """Return a finished picture as a platform takes it; the same bytes where it takes them. Raises as `finish`."""
        return await asyncio.to_thread(self._variant, data, platform, origin)

    async def check(self, now: datetime) -> None:
        """Sign a small picture and read it again. Raises `Misconfigured` for a certificate that does not work."""
        nothing = new_id()
        origin = Origin(job_id=nothing, influencer_id=nothing, influencer="nobody", model="none", made_at=now)
        blank = encode(Image.new("RGB", (64, 64)), MASTER)
        signed = await asyncio.to_thread(self._sign, blank, MASTER, origin, None)
        if (await asyncio.to_thread(read_provenance, signed)).state == "broken":
            raise Misconfigured(f"What {self._marks.signing.subject!r} signs does not read as sound; look at the certificate.")

    def _finish(self, picture: Image.Image, origin: Origin, base: bytes | None) -> Finished:
        visible = self._marks.labels == "always"
        shown = draw_label(picture, self._marks.words) if visible else picture
        encoded = encode(shown, MASTER, xmp=xmp_of(origin), exif=exif_of(origin))
        parent = Parent(base, sniff_picture(base), "the picture it was begun with") if base is not None else None
        signed = self._sign(encoded, MASTER, origin, parent)
        marks = ("c2pa", "metadata", *(("visible",) if visible else ()))
        return Finished(signed, MASTER, shown.width, shown.height, _thumbnail(shown, origin), marks)

    def _variant(self, data: bytes, platform: str, origin: Origin) -> Finished:
        fit = fit_of(platform)
        picture = read_picture(data)
        label = fit.label and self._marks.labels == "platform"  # where it is always drawn, the master has it
        visible = ("visible",) if label or self._marks.labels == "always" else ()
        if fits(data, fit) and not label:
            thumbnail = _thumbnail(picture, origin)
            return Finished(data, sniff_picture(data), picture.width, picture.height, thumbnail, (*_marks_in(data), *visible))
        shaped = shape(picture, fit)
        steps = ["c2pa.resized"] if shaped.size != picture.size else []
        if label:
            shaped, steps = draw_label(shaped, self._marks.words), [*steps, "c2pa.drawing"]
        encoded = pack(shaped, fit, sniff_picture(data), xmp=xmp_of(origin), exif=exif_of(origin), spare=MANIFEST_BYTES)
        mime = sniff_picture(encoded)
        parent = Parent(data, sniff_picture(data), "the picture as it was made")
        acts = changed([*steps, "c2pa.transcoded"])
        signed = sign(encoded, mime, _title(origin), origin.software, acts, self._marks.signing, parent)
        width, height = measure(signed)
        return Finished(signed, mime, width, height, _thumbnail(shaped, origin), ("c2pa", "metadata", *visible))

    def _sign(self, data: bytes, mime: Mime, origin: Origin, parent: Parent | None) -> bytes:
        acts = created(origin, from_parent=parent is not None)
        return sign(data, mime, _title(origin), origin.software, acts, self._marks.signing, parent)


def open_finisher(settings: Settings, now: datetime) -> Finish:
    """Open what finishes pictures, as the settings say. Raises `Misconfigured`, `CredentialExpired`."""
    secrets = Path(settings.data_dir) / "secrets"
    signing = open_signing(secrets, settings.c2pa_certificate, settings.c2pa_key, settings.c2pa_timestamp_url, now)
    marks = Marks(signing, settings.image_labels, settings.image_label_words)
    return Finish(marks, Upscaler(settings.image_upscaler, settings.image_long_side))


def _title(origin: Origin) -> str:
    return f"A picture of {origin.influencer}"


def _thumbnail(picture: Image.Image, origin: Origin) -> bytes:
    small = flat(picture)
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return encode(small, "image/jpeg", quality=THUMBNAIL_QUALITY, xmp=xmp_of(origin), exif=exif_of(origin), fine=False)


def _marks_in(data: bytes) -> tuple[str, ...]:
    told = read_provenance(data)
    return (*(("c2pa",) if told.state not in ("none", "broken") else ()), *(("metadata",) if told.metadata_source else ()))
