"""Packs and the pictures of the vault as operators keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound
from core.money import Money
from core.outbound import AssetRef
from storage.packs import put_item_rows
from storage.queries import Queries
from storage.unit import Unit

PACKS = Queries("packs")


class PackRow(Struct, frozen=True):
    """One pack as a person sees it.

    `prices` by platform in minor units; `pictures` in order; `sold`: how often it was bought and kept; `embedded`: found by
    meaning already.
    """

    id: UUID
    influencer: str
    slug: str
    title: str
    description: str
    tags: list[str]
    rating: str
    active: bool
    prices: Mapping[str, Money]
    pictures: list[UUID]
    preview: UUID | None
    sold: int
    embedded: bool
    created_at: datetime


class VaultRow(Struct, frozen=True):
    """One picture of an influencer; `bytes` is its size, `packs` the short names of those that show it."""

    id: UUID
    blob_key: str
    mime: str
    width: int
    height: int
    bytes: int
    created_at: datetime
    packs: list[str]


class PackWords(Struct, frozen=True):
    """What a pack says of itself, as it is locked for a change."""

    id: UUID
    influencer_id: UUID
    slug: str
    title: str
    description: str
    tags: list[str]
    rating: str
    active: bool


class _Id(Struct, frozen=True):
    id: UUID


async def find_influencer(unit: Unit, slug: str) -> UUID:
    """Return the influencer of a short name. Raises `NotFound`."""
    found = await PACKS["influencer"].value(unit, slug)
    if found is None:
        raise NotFound(f"There is no influencer {slug!r} in this agency.")
    return UUID(str(found))


async def list_packs(unit: Unit, influencer: str | None = None) -> list[PackRow]:
    """Return the agency's packs, or those of one influencer; what is off sale comes last."""
    return await PACKS["list"].all(unit, PackRow, influencer, None)


async def load_pack(unit: Unit, pack_id: UUID) -> PackRow:
    """Return one pack. Raises `NotFound`."""
    found = await PACKS["list"].first(unit, PackRow, None, pack_id)
    if found is None:
        raise NotFound("There is no such pack.")
    return found


async def lock_pack(unit: Unit, pack_id: UUID) -> PackWords:
    """Return a pack's words; nobody changes or offers it until the transaction ends. Raises `NotFound`."""
    found = await PACKS["lock"].first(unit, PackWords, pack_id)
    if found is None:
        raise NotFound("There is no such pack.")
    return found


async def has_pack(unit: Unit, influencer_id: UUID, slug: str) -> bool:
    """Say whether an influencer has a pack of that short name, on sale or not."""
    return bool(await PACKS["exists"].value(unit, influencer_id, slug))


async def lock_shelf(unit: Unit, influencer_id: UUID) -> None:
    """Let nobody else make a pack of an influencer until the transaction ends."""
    await PACKS["lock_shelf"].value(unit, influencer_id)


async def set_active(unit: Unit, pack_id: UUID, active: bool) -> None:
    """Take a pack off sale, or put it back. Who bought it keeps it."""
    await PACKS["retire"].run(unit, pack_id, active)


async def drop_price(unit: Unit, pack_id: UUID, platform: str) -> None:
    """Sell a pack no more on a platform."""
    await PACKS["drop_price"].run(unit, pack_id, platform)


async def was_offered(unit: Unit, pack_id: UUID) -> bool:
    """Say whether anybody was offered a pack."""
    return bool(await PACKS["was_offered"].value(unit, pack_id))


async def replace_items(unit: Unit, pack_id: UUID, items: Sequence[UUID]) -> None:
    """Put other pictures into a pack, in their order."""
    await PACKS["drop_items"].run(unit, pack_id)
    await put_item_rows(unit, pack_id, items)


async def list_vault(unit: Unit, influencer: str, limit: int = 200) -> list[VaultRow]:
    """Return an influencer's pictures, newest first; previews are not among them."""
    return await PACKS["vault"].all(unit, VaultRow, influencer, limit)


async def find_assets(unit: Unit, influencer_id: UUID, ids: Sequence[UUID]) -> list[AssetRef]:
    """Return pictures of an influencer in the order of their ids. Raises `NotFound` for one that is not theirs."""
    found = {one.asset_id: one for one in await PACKS["assets"].all(unit, AssetRef, influencer_id, list(ids))}
    missing = next((one for one in ids if one not in found), None)
    if missing is not None:
        raise NotFound(f"The vault of this influencer has no picture {missing}; muse pack assets lists them.")
    return [found[one] for one in ids]
