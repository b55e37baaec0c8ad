"""Reference pictures, LoRAs and drawings: recorded with what they rest on, and held to it whenever something is painted.

A face is that of a picture made here, or of a grown-up who owns the likeness and agreed. A fan's picture is never one: its
bytes are known again, and no file of a fan is a guide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from core.errors import BadInput, NotFound, Refused
from core.pictures import LORA_SOURCE, Guides, PictureRequest
from core.ports import Blobs
from core.sniffing import sniff_picture
from storage.house import House
from storage.references import (
    Attestation,
    NewReference,
    Reference,
    add_reference,
    fan_files_of_length,
    own_files,
    picture_made_here,
    recorded_sources,
    standing_sources,
)
from storage.unit import Unit
from studio.encoders import open_rgb

SMALLEST = 256
LARGEST_BYTES = 12_000_000
FANS = "media/"
REVOKED = "A reference that this picture is kept to was revoked; ask for the picture anew."


def check_attestation(attestation: Attestation) -> None:
    """Hold an attestation of a face or LoRA to what it must say. Raises `BadInput`."""
    if attestation.ground == "drawn":
        raise BadInput("A face or a LoRA rests on pictures made here, or on the consent of its grown-up owner.")
    if not attestation.by.strip():
        raise BadInput("Say who attests it.")
    if attestation.ground == "consenting_adult_owner" and not (
        (attestation.owner or "").strip() and (attestation.document or "").strip()
    ):
        raise BadInput(
            "With consent, say whose likeness it is (`owner`, of age) and where they agreed to it (`document`: a contract's "
            "number, a file's place)."
        )  # fmt: skip


async def record_face(
    house: House,
    agency_id: UUID,
    influencer_id: UUID,
    data: bytes,
    attestation: Attestation,
    *,
    label: str = "",
    weight: float = 0.6,
) -> Reference:
    """Keep a picture as what an influencer's face is held to; `weight` 0 to 1 is how strongly.

    Raises `BadInput` for what is no picture, too small, not attested, a fan's, or said to be made here when it was not.
    """
    check_attestation(attestation)
    if not 0 <= weight <= 1:
        raise BadInput("The weight of a face is from 0 to 1.")
    mime = _check_picture(data)
    digest = hashlib.sha256(data).digest()
    if await is_of_a_fan(house, agency_id, data):
        raise BadInput("This is a picture that a fan sent; pictures of fans are never a reference.")
    if attestation.ground == "generated":
        async with house.app.unit(agency_id) as unit:
            if await picture_made_here(unit, influencer_id, digest) is None:
                raise BadInput(
                    "This picture was not made here for this influencer; of another, the grown-up whose likeness it is must "
                    "have agreed: say so (consenting_adult_owner, owner, document)."
                )
    key = f"references/{influencer_id}/{digest.hex()}"
    await house.blobs.put(key, data, mime)
    async with house.app.unit(agency_id) as unit:
        return await add_reference(
            unit, influencer_id, NewReference("face", key, attestation, weight, label.strip(), digest, mime)
        )


async def record_lora(
    unit: Unit, influencer_id: UUID, source: str, attestation: Attestation, *, label: str = "", weight: float = 1.0
) -> Reference:
    """Record a LoRA by its repository, folder or file, trained on what the attestation says. `weight` 0 to 2.

    Raises `BadInput`, and `Refused` when it stands already.
    """
    check_attestation(attestation)
    if not LORA_SOURCE.fullmatch(source) or ".." in source:
        raise BadInput(f"{source!r} is neither a repository such as somebody/some-lora nor the whole path of a folder or file.")
    if not 0 <= weight <= 2:
        raise BadInput("The weight of a LoRA is from 0 to 2.")
    return await add_reference(unit, influencer_id, NewReference("lora", source, attestation, weight, label.strip()))


async def is_of_a_fan(house: House, agency_id: UUID, data: bytes) -> bool:
    """Whether a fan of the agency sent a file of exactly these bytes, as far as it is kept."""
    async with house.app.unit(agency_id) as unit:
        keys = await fan_files_of_length(unit, len(data))
    digest = hashlib.sha256(data).digest()
    for key in keys:
        try:
            if hashlib.sha256(await house.blobs.get(key)).digest() == digest:
                return True
        except NotFound:  # let go meanwhile
            continue
    return False


def is_guided(request: PictureRequest) -> bool:
    """Whether a picture is painted by anything that must stand: a reference, or a picture to start from."""
    return bool(request.loras or request.face_key or request.base_key or request.mask_key or request.pose_key)


async def check_guides(unit: Unit, influencer_id: UUID, request: PictureRequest, house_loras: Collection[str] = ()) -> None:
    """Hold a request to what stands: to be asked just before it is painted, and again before what was painted is kept.

    `house_loras` are those that the settings name, which are of nobody: one that was ever recorded is somebody's.

    Raises `Refused` when a reference was revoked since, and `BadInput` for a guide that never was one of this
    influencer's: above all no file of a fan.
    """
    keys = [key for key in (request.face_key, request.base_key, request.mask_key, request.pose_key) if key]
    if any(key.startswith(FANS) for key in keys):
        raise BadInput("A picture that a fan sent is never painted from.")
    bound = [one.source for one in request.loras]
    bound += [request.face_key] if request.face_key else []
    drawn = [key for key in (request.base_key, request.mask_key, request.pose_key) if key]
    standing = await standing_sources(unit, influencer_id, [*bound, *drawn])
    missing = [source for source in bound if source not in standing]
    if house_loras and missing:
        recorded = await recorded_sources(unit, missing)
        missing = [source for source in missing if source not in house_loras or source in recorded]
    missing += [key for key in drawn if key not in standing | await own_files(unit, influencer_id, drawn)]
    if missing:
        if await recorded_sources(unit, missing) == set(missing):
            raise Refused(REVOKED)
        raise BadInput("A picture is kept to recorded references and own pictures of its influencer alone.")


async def read_guides(blobs: Blobs, request: PictureRequest) -> Guides:
    """Read the files that a request names, after `check_guides`. Raises `Refused` for one that is gone."""
    try:
        found = [await blobs.get(key) if key else None for key in
                 (request.face_key, request.base_key, request.mask_key, request.pose_key)]  # fmt: skip
    except NotFound:
        raise Refused("A picture that this one is painted from is not there any more.") from None
    return Guides(*found)


def _check_picture(data: bytes) -> str:
    """Return what kind of picture it is. Raises `BadInput`."""
    if len(data) > LARGEST_BYTES:
        raise BadInput(f"The picture is larger than {LARGEST_BYTES // 1_000_000} MB.")
    picture = open_rgb(data)
    if min(picture.size) < SMALLEST:
        raise BadInput(f"The picture is {picture.width} × {picture.height} pixels; each side needs {SMALLEST} or more.")
    return sniff_picture(data)
