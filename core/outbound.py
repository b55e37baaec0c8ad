"""What leaves for a fan: the parts of a reply, and what the platform said of a send."""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from core.money import Money


class TextPart(Struct, frozen=True, tag_field="part", tag="text"):
    """Plain text, no markup."""

    text: str


class AssetRef(Struct, frozen=True):
    """One picture of ours: where its bytes lie, and the platform's reusable id once it was uploaded there."""

    asset_id: UUID
    blob_key: str
    mime: str
    width: int
    height: int


class PackPart(Struct, frozen=True, tag_field="part", tag="pack"):
    """A pack offered at a price, locked until bought. `payload` comes back with the purchase.

    `old_price`: what it costs without a promo, where the price rests on one. A bundle is one part with the pictures of all its
    packs, under the id of the first.
    """

    pack_id: UUID
    offer_id: UUID
    title: str
    caption: str
    price: Money
    payload: str
    preview: AssetRef | None
    items: tuple[AssetRef, ...]
    old_price: Money | None = None


class FilesPart(Struct, frozen=True, tag_field="part", tag="files"):
    """Pictures that the fan has paid for, open, without words; `title` is the pack's."""

    purchase_id: UUID
    title: str
    items: tuple[AssetRef, ...]


class PicturePart(Struct, frozen=True, tag_field="part", tag="picture"):
    """One picture that was made for the fan, open. `caption` says that an AI made it; `alt` is what the page reads out."""

    job_id: UUID
    caption: str
    item: AssetRef
    alt: str = ""


class Publication(Struct, frozen=True):
    """One post as it goes out, in public: words with their mark where the platform asks for one, pictures in order.

    `target` names the place on the platform, such as a broadcast chat; `language` is the words'.
    """

    target: str
    text: str
    items: tuple[AssetRef, ...] = ()
    language: str = "en"
    made_by_ai: bool = False


Part: TypeAlias = TextPart | PackPart | FilesPart | PicturePart


class Sent(Struct, frozen=True):
    """The platform took it, under these ids of its own (an album has several)."""

    platform_ids: tuple[str, ...]
