"""Packs as operators make and change them: what a pack may be called, hold and cost, said clearly where it may not."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, Refused
from core.ids import new_id
from core.money import MOST, Money
from core.outbound import AssetRef
from core.platform_policy import PlatformPolicy
from shop.previews import Drawn, draw_preview, read_picture
from storage.assets import require_sharable
from storage.house import House
from storage.pack_rows import (
    PackRow,
    drop_price,
    find_assets,
    find_influencer,
    has_pack,
    load_pack,
    lock_pack,
    lock_shelf,
    replace_items,
    set_active,
    was_offered,
)
from storage.packs import put_asset, put_pack, put_price, set_pictures
from storage.unit import Unit

RATINGS = ("sfw", "suggestive", "adult")
MOST_PICTURES = 40
MOST_TAGS = 40
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_TAG = 80, 800, 40
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Policies = Mapping[str, PlatformPolicy]


class NewPack(Struct, frozen=True, kw_only=True):
    """A pack to be: `pictures` are assets of the influencer's vault in their order, `prices` by platform in minor units."""

    influencer: str
    slug: str
    title: str
    description: str
    tags: tuple[str, ...] = ()
    rating: str = "sfw"
    pictures: tuple[UUID, ...]
    prices: dict[str, Money] = {}


class PackChange(Struct, frozen=True, kw_only=True):
    """What is to be different; none: as it is. `pictures` are all pictures, in their new order."""

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    rating: str | None = None
    pictures: tuple[UUID, ...] | None = None


class Shelving:
    """The operators' hands on the shelf of an agency."""

    def __init__(self, house: House, policies: Policies, agency_id: UUID) -> None:
        """Work in one agency; `policies` say what each platform allows."""
        self._house, self._policies, self._agency_id = house, policies, agency_id

    async def keep(self, influencer: str, data: bytes) -> AssetRef:
        """Put a picture into an influencer's vault; the same bytes are one. Raises `BadInput`, `NotFound`."""
        picture = await asyncio.to_thread(read_picture, data)
        async with self._house.app.unit(self._agency_id) as unit:
            influencer_id = await find_influencer(unit, influencer)
        return await self._store(influencer_id, picture)

    async def add(self, new: NewPack) -> PackRow:
        """Make a pack. Raises `BadInput`, `NotFound`, and `Refused` when there is one of that name."""
        if not _SLUG.fullmatch(new.slug) or len(new.slug) > LONGEST_TAG:
            raise BadInput("A pack's short name is small letters, digits and single hyphens, such as sea-at-dusk.")
        check_words(new.title, new.description, new.tags, new.rating)
        for platform, price in new.prices.items():
            self._check_price(platform, price, len(new.pictures))
        async with self._house.app.unit(self._agency_id) as unit:
            influencer_id = await find_influencer(unit, new.influencer)
            if await has_pack(unit, influencer_id, new.slug):
                raise _taken(new)
            items = await _check_pictures(unit, influencer_id, new.pictures)
        preview = await self._preview(influencer_id, items[0])
        async with self._house.app.unit(self._agency_id) as unit:
            words = (new.title, new.description, new.tags, new.rating)
            await lock_shelf(unit, influencer_id)
            if await has_pack(unit, influencer_id, new.slug):  # made by another command while the preview was drawn
                raise _taken(new)
            pack_id = await put_pack(unit, influencer_id, new.slug, *words)
            await set_pictures(unit, pack_id, preview.asset_id, new.pictures)
            for platform, price in new.prices.items():
                await put_price(unit, pack_id, platform, price.amount, price.unit)
            return await load_pack(unit, pack_id)

    async def change(self, pack_id: UUID, change: PackChange) -> PackRow:
        """Change a pack's words or pictures. Raises `BadInput`, `NotFound`, `Refused`.

        What was offered once keeps its pictures: more may come, none may go.
        """
        preview = None
        if change.pictures is not None:
            async with self._house.app.unit(self._agency_id) as unit:
                words = await lock_pack(unit, pack_id)
                items = await _check_pictures(unit, words.influencer_id, change.pictures)
                self._check_size(await load_pack(unit, pack_id), len(items))
            preview = await self._preview(words.influencer_id, items[0])
        async with self._house.app.unit(self._agency_id) as unit:
            now = await lock_pack(unit, pack_id)
            title = now.title if change.title is None else change.title
            description = now.description if change.description is None else change.description
            tags = tuple(now.tags) if change.tags is None else change.tags
            rating = now.rating if change.rating is None else change.rating
            check_words(title, description, tags, rating)
            await put_pack(unit, now.influencer_id, now.slug, title, description, tags, rating)
            await set_active(unit, pack_id, now.active)
            if change.pictures is not None and preview is not None:
                await _check_kept(unit, pack_id, change.pictures)
                await replace_items(unit, pack_id, change.pictures)
                await set_pictures(unit, pack_id, preview.asset_id, change.pictures)
            return await load_pack(unit, pack_id)

    async def price(self, pack_id: UUID, platform: str, price: Money | None) -> PackRow:
        """Set what a pack costs on a platform, or sell it there no more. Raises `BadInput`, `NotFound`."""
        async with self._house.app.unit(self._agency_id) as unit:
            await lock_pack(unit, pack_id)
            if price is None:
                await drop_price(unit, pack_id, platform)
            else:
                self._check_price(platform, price, len((await load_pack(unit, pack_id)).pictures))
                await put_price(unit, pack_id, platform, price.amount, price.unit)
            return await load_pack(unit, pack_id)

    async def retire(self, pack_id: UUID, active: bool) -> PackRow:
        """Take a pack off sale, or put it back; who bought it keeps it. Raises `NotFound`."""
        async with self._house.app.unit(self._agency_id) as unit:
            await lock_pack(unit, pack_id)
            await set_active(unit, pack_id, active)
            return await load_pack(unit, pack_id)

    def _check_price(self, platform: str, price: Money, pictures: int) -> None:
        policy = self._policies.get(platform)
        if policy is None or policy.priced_media is None:
            raise BadInput(f"Nothing is sold on {platform!r}; packs are sold on {', '.join(sorted(self._selling()))}.")
        if price.unit != policy.priced_media:
            raise BadInput(f"{platform} sells for {policy.priced_media}, not {price.unit}.")
        least, most = Money(max(1, policy.least_price), price.unit), Money(policy.most_price or MOST, price.unit)
        if not least.amount <= price.amount <= most.amount:
            raise BadInput(f"A pack on {platform} costs {least} to {most}, not {price}.")
        if policy.most_pictures is not None and pictures > policy.most_pictures:
            raise BadInput(f"A pack on {platform} holds at most {policy.most_pictures} pictures, not {pictures}.")

    def _check_size(self, row: PackRow, pictures: int) -> None:
        for platform, price in row.prices.items():
            if platform in self._policies:
                self._check_price(platform, price, pictures)

    def _selling(self) -> list[str]:
        return [name for name, policy in self._policies.items() if policy.priced_media]

    async def _preview(self, influencer_id: UUID, first: AssetRef) -> AssetRef:
        data = await self._house.blobs.get(first.blob_key)
        return await self._store(influencer_id, await asyncio.to_thread(draw_preview, data))

    async def _store(self, influencer_id: UUID, picture: Drawn) -> AssetRef:
        sha256 = hashlib.sha256(picture.data).digest()
        key = f"assets/{sha256.hex()}"
        await self._house.blobs.put(key, picture.data, picture.mime)  # before the row: a row without its file would be a lie
        asset = AssetRef(new_id(), key, picture.mime, picture.width, picture.height)
        async with self._house.app.unit(self._agency_id) as unit:
            kept = await put_asset(unit, influencer_id, asset, sha256, len(picture.data))
        return AssetRef(kept, key, picture.mime, picture.width, picture.height)


def check_words(title: str, description: str, tags: Sequence[str], rating: str) -> None:
    """Hold a pack's words to what an offer can show. Raises `BadInput`."""
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        raise BadInput(f"A pack's title has 1 to {LONGEST_TITLE} characters, not {len(title.strip())}.")
    if not 1 <= len(description.strip()) <= LONGEST_DESCRIPTION:
        raise BadInput(f"A pack's description has 1 to {LONGEST_DESCRIPTION} characters, not {len(description.strip())}.")
    if len(tags) > MOST_TAGS or any(not 1 <= len(tag.strip()) <= LONGEST_TAG for tag in tags):
        raise BadInput(f"A pack has at most {MOST_TAGS} tags of 1 to {LONGEST_TAG} characters.")
    if rating not in RATINGS:
        raise BadInput(f"A pack's rating is {', '.join(RATINGS)}, not {rating!r}.")
    if _CONTROLS.search(title + "".join(tags)) or _CONTROLS.search(description.replace("\n", "")):
        raise BadInput("A pack's title and tags are one line each, and its words hold no control characters.")


def _taken(new: NewPack) -> Refused:
    return Refused(f"{new.influencer} has a pack {new.slug!r} already; change it with muse pack edit, or name this one anew.")


async def _check_pictures(unit: Unit, influencer_id: UUID, pictures: Sequence[UUID]) -> list[AssetRef]:
    if not 1 <= len(pictures) <= MOST_PICTURES:
        raise BadInput(f"A pack holds 1 to {MOST_PICTURES} pictures, not {len(pictures)}.")
    if len(set(pictures)) < len(pictures):
        raise BadInput("A pack shows each of its pictures once; one is named twice.")
    found = await find_assets(unit, influencer_id, pictures)
    await require_sharable(unit, pictures)
    return found


async def _check_kept(unit: Unit, pack_id: UUID, pictures: Sequence[UUID]) -> None:
    gone = [one for one in (await load_pack(unit, pack_id)).pictures if one not in pictures]
    if gone and await was_offered(unit, pack_id):
        raise Refused("The pack was offered with pictures that would be missing now; retire it and make a new one.")
