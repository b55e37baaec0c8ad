"""What operators have a picture painted from: a picture to start with, a part of it to paint anew, a drawn pose.

A picture to start with is one that was made here for nobody in particular, or a recorded face. Masks and poses are recorded
with who drew them, and can be revoked: `studio.references.check_guides` holds all of them to that whenever one is painted from.
What is no drawing is refused: a mask is kept as black and white alone, a pose must be bright lines on black.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image, ImageChops

from core.errors import BadInput, NotFound, Refused
from core.nouns import Influencer
from core.pictures import PictureRequest
from storage.house import House
from storage.references import Attestation, NewReference, add_reference, find_base, standing_sources
from storage.unit import Unit
from studio.encoders import open_rgb
from studio.ordering import PictureDesk
from studio.references import LARGEST_BYTES, is_of_a_fan

SMALLEST = 64
"""Least side of a drawing, pixels."""
LOOKED_AT = (512, 512)
DARK, MOSTLY = 40, 0.75
"""A pose is a drawing when so much of it is as dark as this: OpenPose draws thin bright limbs on black."""
SEEN = 0.0005
"""Least share that must be marked or drawn."""


ALIKE = 1.03
"""So much longer or shorter may a mask be than the picture that it is drawn over."""


class Start(Struct, frozen=True):
    """A picture to start from: its file's key, and its size in pixels."""

    key: str
    width: int
    height: int

    @property
    def shape(self) -> Literal["portrait", "square", "landscape"]:
        """Return the shape of pictures that is nearest to it."""
        ratio = self.width / self.height
        return "square" if 0.85 < ratio < 1.18 else "portrait" if ratio < 1 else "landscape"


class Guiding(Struct, frozen=True, kw_only=True):
    """What a picture is to be painted from; mask and pose are files.

    `strength` above 0 to 1: how much of the start is painted anew.
    """

    start: Start | None = None
    strength: float | None = None
    mask: bytes = b""
    pose: bytes = b""


async def guide(
    desk: PictureDesk, house: House, influencer: Influencer, request: PictureRequest, wanted: Guiding, said: Attestation
) -> PictureRequest:
    """Return the request with what it is painted from, whose drawings are recorded as `said` says; nothing is charged.

    Raises `BadInput` for what does not go together, is no drawing or was sent by a fan, and `Misconfigured` without a model
    that reads poses.
    """
    if wanted.start is None and (wanted.mask or wanted.strength is not None):
        raise BadInput("A mask, and a strength, need the picture that they belong to: name one to start from (--from).")
    changes: dict[str, str | float] = {"base_key": wanted.start.key} if wanted.start else {}
    changes |= {"strength": wanted.strength} if wanted.strength is not None else {}
    drawings: dict[Literal["mask", "pose"], bytes] = {}
    if wanted.mask and wanted.start:
        drawings["mask"] = await asyncio.to_thread(read_mask, wanted.mask, wanted.start)
    if wanted.pose:
        drawings["pose"] = await asyncio.to_thread(read_pose, wanted.pose)
    for kind, given in (("mask", wanted.mask), ("pose", wanted.pose)):
        if given and await is_of_a_fan(house, influencer.agency_id, given):
            raise BadInput(f"This {kind} is a picture that a fan sent; nothing is painted from it.")
    keys = {f"{kind}_key": _key(influencer.id, data) for kind, data in drawings.items()}
    await desk.check_ready(replace(request, **changes, **keys))
    for kind, data in drawings.items():
        await _record(house, influencer, kind, data, said)
    return replace(request, **changes, **keys)


async def find_start(house: House, influencer: Influencer, wanted: UUID) -> Start:
    """Return a picture that one may start from, by its asset's id or that of a recorded face.

    Raises `NotFound`, and `Refused` saying why one may not, or that its file is gone.
    """
    async with house.app.unit(influencer.agency_id) as unit:
        key = await key_of_base(unit, influencer.id, wanted)
    try:
        data = await house.blobs.get(key)
    except NotFound:
        raise Refused("The file of the picture to start from is not there any more.") from None
    return Start(key, *(await asyncio.to_thread(open_rgb, data)).size)


async def key_of_base(unit: Unit, influencer_id: UUID, wanted: UUID) -> str:
    """Return the file of a picture that one may start from. Raises `NotFound`, `Refused` saying why one may not."""
    found = await find_base(unit, influencer_id, wanted)
    if found is None:
        raise NotFound("There is no such picture of this influencer to start from; see: muse image list")
    if found.reference:  # a recorded face, or the very picture that it was recorded from
        return found.reference
    if not found.made_by_ai:
        raise Refused(
            "This picture was not made here. Record it with what it rests on before anything is painted from it: muse look "
            "reference add … --ground consenting_adult_owner"
        )
    if found.for_a_fan:
        raise Refused("This picture was made for one fan; nothing else is painted from it.")
    if found.moderation != "passed":
        raise Refused("Nobody has passed this picture; approve it first: muse image approve")
    return found.blob_key


def read_mask(data: bytes, start: Start) -> bytes:
    """Return a mask over a picture as black and white alone, white being what is painted anew. Raises `BadInput`."""
    picture = _open(data, "mask").convert("L").point(lambda level: 255 if level >= 128 else 0)
    if not 1 / ALIKE < (picture.width / picture.height) / (start.width / start.height) < ALIKE:
        raise BadInput(
            f"The mask is {picture.width} × {picture.height} pixels and its picture {start.width} × {start.height}: draw it "
            "over the picture, in the same shape."
        )
    if picture.histogram()[255] < SEEN * picture.width * picture.height:
        raise BadInput("The mask marks nothing: paint white what is to be painted anew, and leave the rest black.")
    return _png(picture)


def read_pose(data: bytes) -> bytes:
    """Return a drawn pose without what its file tells besides. Raises `BadInput`, also for what is no such drawing."""
    picture = _open(data, "pose")
    small = picture.copy()
    small.thumbnail(LOOKED_AT, Image.Resampling.NEAREST)
    red, green, blue = small.split()
    levels = ImageChops.lighter(red, ImageChops.lighter(green, blue)).histogram()
    dark = sum(levels[: DARK + 1]) / sum(levels)
    if dark < MOSTLY:
        raise BadInput(
            "The pose is no drawing of one: give bright limbs on black, as OpenPose draws; photographs are not taken."
        )
    if 1 - dark < SEEN:
        raise BadInput("The pose shows nothing: give bright limbs on black, as OpenPose draws.")
    return _png(picture)


def _open(data: bytes, what: str) -> Image.Image:
    if len(data) > LARGEST_BYTES:
        raise BadInput(f"The {what} is larger than {LARGEST_BYTES // 1_000_000} MB.")
    try:
        picture: Image.Image = open_rgb(data)
    except BadInput as error:
        raise BadInput(f"The {what} cannot be used: {error}") from None
    if min(picture.size) < SMALLEST:
        raise BadInput(f"The {what} is {picture.width} × {picture.height} pixels; each side needs {SMALLEST} or more.")
    return picture


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _key(influencer_id: UUID, data: bytes) -> str:
    return f"references/{influencer_id}/{hashlib.sha256(data).hexdigest()}"


async def _record(house: House, influencer: Influencer, kind: Literal["mask", "pose"], data: bytes, said: Attestation) -> None:
    """Keep a drawing with who drew it, unless that very one stands already."""
    key = _key(influencer.id, data)
    await house.blobs.put(key, data, "image/png")
    async with house.app.unit(influencer.agency_id) as unit:
        if key not in await standing_sources(unit, influencer.id, [key]):
            new = NewReference(kind, key, said, 1.0, "", hashlib.sha256(data).digest(), "image/png")
            await add_reference(unit, influencer.id, new)
