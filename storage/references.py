"""What an influencer's pictures are kept to or painted from: what it rests on, who said so, and whether it still stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from core.ids import new_id
from core.outbound import AssetRef
from storage.queries import Queries
from storage.unit import Unit

REFERENCES = Queries("references")
Kind = Literal["face", "lora", "mask", "pose"]
Ground = Literal["generated", "consenting_adult_owner", "drawn"]


class Attestation(Struct, frozen=True):
    """What a reference rests on, as `by` says; with consent `owner` is whose likeness it is, `document` where they agreed.

    `drawn` is the ground of masks and poses alone: an operator's drawing that shows nobody.
    """

    ground: Ground
    by: str
    at: datetime
    owner: str | None = None
    document: str | None = None


class NewReference(Struct, frozen=True):
    """A reference to be recorded; `source` is a file's key, or a LoRA's repository, folder or file."""

    kind: Kind
    source: str
    attestation: Attestation
    weight: float = 0.6
    label: str = ""
    sha256: bytes | None = None
    mime: str | None = None


class Reference(Struct, frozen=True):
    """A recorded reference; revoked ones stay as evidence."""

    id: UUID
    kind: Kind
    source: str
    mime: str | None
    weight: float
    label: str
    ground: Ground
    owner: str | None
    document: str | None
    attested_by: str
    attested_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_because: str | None

    @property
    def stands(self) -> bool:
        """Whether it may be used."""
        return self.revoked_at is None


class Standing(Struct, frozen=True):
    """A face or LoRA that stands, and whose it is."""

    influencer: str
    kind: Kind
    source: str


class Base(Struct, frozen=True):
    """A picture that something may be painted from; `reference` is the file of the recorded face that it is, if it is one."""

    blob_key: str
    made_by_ai: bool
    for_a_fan: bool
    moderation: str
    reference: str | None


class _Item(Struct, frozen=True):
    item: str


async def add_reference(unit: Unit, influencer_id: UUID, new: NewReference) -> Reference:
    """Record a reference. Raises `Refused` when the same already stands."""
    said = new.attestation
    made = await REFERENCES["add"].value(
        unit,
        new_id(),
        influencer_id,
        new.kind,
        new.source,
        new.sha256,
        new.mime,
        new.weight,
        new.label,
        said.ground,
        said.owner,
        said.document,
        said.by,
        said.at,
    )
    if made is None:
        raise Refused(f"This {new.kind} is recorded already; revoke it first to record it anew.")
    return await find_reference(unit, influencer_id, UUID(str(made)))


async def list_references(unit: Unit, influencer_id: UUID) -> list[Reference]:
    """Return all references of an influencer, those that stand first, newest first."""
    return await REFERENCES["list"].all(unit, Reference, influencer_id)


async def find_reference(unit: Unit, influencer_id: UUID, reference_id: UUID) -> Reference:
    """Return a reference. Raises `NotFound`."""
    return await REFERENCES["find"].one(unit, Reference, influencer_id, reference_id)


async def revoke_reference(
    unit: Unit, influencer_id: UUID, reference_id: UUID, by: str, because: str, at: datetime
) -> Reference:
    """Take a reference back; from now on nothing is painted by it. Raises `NotFound`, `Refused` when that was done before."""
    if not await REFERENCES["revoke"].run(unit, influencer_id, reference_id, at, by, because):
        found = await find_reference(unit, influencer_id, reference_id)
        raise Refused(f"It was revoked on {found.revoked_at:%d %B %Y} by {found.revoked_by}.")
    return await find_reference(unit, influencer_id, reference_id)


async def standing_sources(unit: Unit, influencer_id: UUID, sources: Sequence[str]) -> set[str]:
    """Return those sources that stand as references of an influencer, kept from being revoked to the end of the transaction."""
    return {row.item for row in await REFERENCES["standing"].all(unit, _Item, influencer_id, list(sources))}


async def recorded_sources(unit: Unit, sources: Sequence[str]) -> set[str]:
    """Return those sources that were ever recorded by anybody of the agency."""
    return {row.item for row in await REFERENCES["known"].all(unit, _Item, list(sources))}


async def picture_made_here(unit: Unit, influencer_id: UUID, sha256: bytes) -> AssetRef | None:
    """Return the influencer's picture that was made here and has these bytes, if there is one."""
    return await REFERENCES["made_here"].first(unit, AssetRef, influencer_id, sha256)


async def own_picture(unit: Unit, influencer_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture of an influencer. Raises `NotFound` for every other."""
    found = await REFERENCES["own_asset"].first(unit, AssetRef, influencer_id, asset_id)
    if found is None:
        raise NotFound("There is no such picture of this influencer.")
    return found


async def find_base(unit: Unit, influencer_id: UUID, wanted: UUID) -> Base | None:
    """Return an influencer's picture by its asset's id, or a face that stands by its own; none for every other."""
    return await REFERENCES["base"].first(unit, Base, influencer_id, wanted)


async def list_standing(unit: Unit) -> list[Standing]:
    """Return the faces and LoRAs of the agency that stand."""
    return await REFERENCES["all_standing"].all(unit, Standing)


async def own_files(unit: Unit, influencer_id: UUID, keys: Sequence[str]) -> set[str]:
    """Return those file keys that are pictures of an influencer, made here for nobody in particular, and passed."""
    return {row.item for row in await REFERENCES["own_assets"].all(unit, _Item, influencer_id, list(keys))}


async def fan_files_of_length(unit: Unit, size: int) -> list[str]:
    """Return the keys of fans' files that have as many bytes, for somebody to compare."""
    return [row.item for row in await REFERENCES["of_length"].all(unit, _Item, size)]
