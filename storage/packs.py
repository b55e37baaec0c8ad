"""Packs, their pictures and prices, the offers made of them and what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.outbound import AssetRef
from core.turns import OfferPack
from storage.queries import Queries
from storage.unit import Unit

PACKS = Queries("packs")


class PackOnShelf(Struct, frozen=True):
    """A pack as a fan finds it on sale; `similarity` is the cosine to the wish, where it was computed."""

    id: UUID
    slug: str
    title: str
    description: str
    tags: tuple[str, ...]
    amount: int
    unit: str
    similarity: float | None
    owned: bool = False
    rating: str = "sfw"
    pictures: int = 1


class PackWords(Struct, frozen=True):
    """The words of a pack, to be embedded."""

    id: UUID
    title: str
    description: str
    tags: tuple[str, ...]


class Standing(Struct, frozen=True):
    """What is true of a pack for a fan just now; no amount without a price on the platform, not `filled` without pictures."""

    title: str
    active: bool
    amount: int | None
    unit: str | None
    owned: bool
    rating: str
    filled: bool


class OfferStanding(Standing, frozen=True):
    """The same of all packs of an offer together, beside what they were offered for without a promo."""

    offered_amount: int = 0
    offered_unit: str = ""
    bought: bool = False


class LyingOffer(Struct, frozen=True):
    """An offer that lies in a chat, and what it costs there, in minor units."""

    id: UUID
    amount: int
    unit: str


class OfferedPack(Struct, frozen=True):
    """The pack behind an offer."""

    offer_id: UUID
    pack_id: UUID
    owned: bool


async def put_pack(
    unit: Unit, influencer_id: UUID, slug: str, title: str, description: str, tags: Sequence[str], rating: str = "sfw"
) -> UUID:
    """Make a pack or set it right; return its id. `rating` is sfw, suggestive or adult."""
    return UUID(str(await PACKS["put"].value(unit, new_id(), influencer_id, slug, title, description, list(tags), rating)))


async def put_price(unit: Unit, pack_id: UUID, platform: str, amount: int, unit_of_money: str) -> None:
    """Set what a pack costs on a platform, in minor units."""
    await PACKS["put_price"].run(unit, pack_id, platform, amount, unit_of_money)


async def copy_prices(unit: Unit, influencer_id: UUID, source: str, target: str) -> None:
    """Price an influencer's packs on one platform as on another, where they have no price there."""
    await PACKS["copy_prices"].run(unit, influencer_id, source, target)


async def put_asset(unit: Unit, influencer_id: UUID, asset: AssetRef, sha256: bytes, size: int) -> UUID:
    """Keep a picture's row; the same bytes are one asset. Return its id."""
    found = await PACKS["put_asset"].value(
        unit, asset.asset_id, influencer_id, asset.blob_key, sha256, asset.mime, asset.width, asset.height, size
    )
    return UUID(str(found))


async def set_pictures(unit: Unit, pack_id: UUID, preview: UUID, items: Sequence[UUID]) -> None:
    """Put a pack's pictures in their order, and the blurred one that an offer shows."""
    await PACKS["set_preview"].run(unit, pack_id, preview)
    await put_item_rows(unit, pack_id, items)


async def put_item_rows(unit: Unit, pack_id: UUID, items: Sequence[UUID]) -> None:
    """Put pictures into a pack at their places."""
    await PACKS["put_item"].run_many(unit, [(pack_id, asset_id, n) for n, asset_id in enumerate(items)])


async def list_unembedded(unit: Unit, embedder: str) -> list[PackWords]:
    """Return packs whose words this embedder has not seen."""
    return await PACKS["unembedded"].all(unit, PackWords, embedder)


async def list_words(unit: Unit, after: UUID, limit: int) -> list[PackWords]:
    """Return the words of packs on sale, by id after one."""
    return await PACKS["words"].all(unit, PackWords, after, limit)


async def set_embedding(unit: Unit, pack_id: UUID, vector: Sequence[float], embedder: str) -> None:
    """Keep the vector of a pack's words."""
    await PACKS["set_embedding"].run(unit, pack_id, list(vector), embedder)


async def list_shelf(
    unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, wish: Sequence[float] | None, embedder: str
) -> list[PackOnShelf]:
    """Return what is on sale there, owned packs included, the best match to the wish first."""
    vector = None if wish is None else list(wish)
    return await PACKS["shelf"].all(unit, PackOnShelf, influencer_id, fan_id, platform, vector, embedder)


async def list_for_sale(
    unit: Unit, influencer_id: UUID, fan_id: UUID, platform: str, wish: Sequence[float] | None, embedder: str
) -> list[PackOnShelf]:
    """Return what this fan may be offered there, the best match to the wish first."""
    return [pack for pack in await list_shelf(unit, influencer_id, fan_id, platform, wish, embedder) if not pack.owned]


async def pack_pictures(unit: Unit, pack_id: UUID) -> tuple[AssetRef | None, tuple[AssetRef, ...]]:
    """Return a pack's preview and its pictures in order."""
    preview = await PACKS["preview"].first(unit, AssetRef, pack_id)
    return preview, tuple(await PACKS["items"].all(unit, AssetRef, pack_id))


async def lock_standing(unit: Unit, pack_id: UUID, fan_id: UUID, platform: str, influencer_id: UUID) -> Standing:
    """Return what stands of an influencer's pack for a fan, held until the transaction ends. Raises `NotFound`."""
    return await PACKS["lock_for_offer"].one(unit, Standing, pack_id, fan_id, platform, influencer_id)


async def add_offer(unit: Unit, effect: OfferPack, fan_id: UUID, conversation_id: UUID, turn_id: UUID) -> None:
    """Write an offer with all its packs."""
    await PACKS["add_offer"].run(
        unit,
        effect.offer_id,
        effect.pack_id,
        fan_id,
        conversation_id,
        turn_id,
        effect.price.amount,
        effect.price.unit,
        effect.payload,
        effect.list_price.amount if effect.list_price else None,
    )
    await PACKS["add_offer_pack"].run_many(unit, [(effect.offer_id, pack_id) for pack_id in effect.more])


async def offered_lately(unit: Unit, conversation_id: UUID) -> list[UUID]:
    """Return the packs that were offered in a conversation and not bought, the latest first."""
    return [row.id for row in await PACKS["on_the_table"].all(unit, _Id, conversation_id)]


async def lie_reduced(unit: Unit, conversation_id: UUID) -> list[UUID]:
    """Return the packs that lie in a conversation at a promo's price, not bought yet."""
    return [row.id for row in await PACKS["lie_reduced"].all(unit, _Id, conversation_id)]


async def list_lying(unit: Unit, conversation_id: UUID, pack_id: UUID) -> list[LyingOffer]:
    """Return the offers of this pack alone that the fan has before them at a promo's price, the cheapest first."""
    return await PACKS["lying"].all(unit, LyingOffer, conversation_id, pack_id)


async def list_undercuts(unit: Unit, offer_id: UUID) -> list[UUID]:
    """Return the offers by which the fan has the same packs before them for less, the cheapest first."""
    return list(await PACKS["undercuts"].value(unit, offer_id))


async def offer_items(unit: Unit, offer_id: UUID) -> tuple[AssetRef, ...]:
    """Return the pictures of all packs of an offer, each once."""
    return tuple(await PACKS["offer_items"].all(unit, AssetRef, offer_id))


async def offer_standing(unit: Unit, offer_id: UUID) -> OfferStanding | None:
    """Return what stands of an offer just now; nothing when it was never made."""
    return await PACKS["offer"].first(unit, OfferStanding, offer_id)


async def offer_payload(unit: Unit, offer_id: UUID, fan_id: UUID) -> str | None:
    """Return the payload of an offer that was made to this fan."""
    found = await PACKS["payload"].value(unit, offer_id, fan_id)
    return None if found is None else str(found)


async def offered_packs(unit: Unit, fan_id: UUID, offers: Sequence[UUID]) -> list[OfferedPack]:
    """Return the packs behind offers made to a fan, and which of them the fan owns."""
    return await PACKS["galleries"].all(unit, OfferedPack, list(offers), fan_id)


async def visible_asset(unit: Unit, fan_id: UUID, asset_id: UUID, platform: str) -> AssetRef:
    """Return a picture that a fan may see, as a platform takes it. Raises `NotFound` for every other."""
    return await PACKS["visible_asset"].one(unit, AssetRef, fan_id, asset_id, platform)


async def offered_asset(unit: Unit, account_id: UUID, offer_id: UUID, asset_id: UUID) -> AssetRef:
    """Return a picture of an offer that an account made, if its fan may see it. Raises `NotFound` for every other."""
    return await PACKS["offered_asset"].one(unit, AssetRef, account_id, offer_id, asset_id)


class _Id(Struct, frozen=True):
    id: UUID
