"""A small shop: an influencer's packs with pictures, and a fan who writes, is offered, and buys."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct, structs

from core.ids import new_id
from core.inbound import InboundPurchase, Sender
from core.money import Money
from core.nouns import Account, Conversation, TurnInput
from core.outbound import AssetRef, PackPart
from core.platform_policy import PlatformPolicy
from core.turns import OfferPack
from shop.deals import build_part, plain_deal
from storage.conversations import load_conversation
from storage.effects import EffectContext
from storage.house import House
from storage.packs import PackOnShelf, list_shelf, put_asset, put_pack, put_price, set_pictures
from storage.unit import Unit
from tests.storage.ledger_steps import take_turn
from tests.storage.world import message, send_in

TELEGRAM = PlatformPolicy(text_limit=4096, priced_media="XTR", most_price=25_000, most_pictures=10)
PACKS = {
    "sea": ("The sea at dusk", "An evening swim, wet footprints, a violet sky.", ("beach", "sea", "dusk", "swim")),
    "stars": ("Rooftop and stars", "A blanket on the roof and the whole summer sky.", ("stars", "night", "telescope")),
    "hut": ("The hut at dawn", "First light on the mountains, smoke from the chimney.", ("mountains", "hut", "dawn")),
}


class Shop(Struct, frozen=True):
    """Packs by short name."""

    account: Account
    packs: dict[str, UUID]


async def add_pack(unit: Unit, influencer_id: UUID, slug: str, amount: int = 500, platform: str = "telegram") -> UUID:
    title, description, tags = PACKS[slug]
    pack_id = await put_pack(unit, influencer_id, slug, title, description, tags)
    await put_price(unit, pack_id, platform, amount, "XTR")
    ids = []
    for n in range(3):
        sha256 = hashlib.sha256(f"{influencer_id}{slug}{n}".encode()).digest()
        asset = AssetRef(new_id(), f"assets/{sha256.hex()}", "image/jpeg", 1080, 1350)
        ids.append(await put_asset(unit, influencer_id, asset, sha256, 100))
    await set_pictures(unit, pack_id, ids[0], ids[1:])
    return pack_id


async def open_shop(house: House, account: Account) -> Shop:
    async with house.app.unit(account.agency_id) as unit:
        return Shop(account, {slug: await add_pack(unit, account.influencer_id, slug) for slug in PACKS})


async def start_turn(house: House, account: Account, handle: str = "7", number: int = 1) -> TurnInput:
    """Let a fan write, and take up the turn."""
    (event,) = await send_in(house, account, message("pictures?", number, handle))
    assert event.conversation_id
    return await take_turn(house, account.agency_id, event.conversation_id)


async def start_chat(house: House, account: Account, handle: str = "7") -> Conversation:
    (event,) = await send_in(house, account, message("hi", 1, handle))
    assert event.conversation_id
    async with house.app.unit(account.agency_id) as unit:
        return await load_conversation(unit, event.conversation_id)


async def shelf(unit: Unit, shop: Shop, fan_id: UUID) -> dict[str, PackOnShelf]:
    found = await list_shelf(unit, shop.account.influencer_id, fan_id, "telegram", None, "")
    return {pack.slug: pack for pack in found}


def saying(turn: TurnInput, text: str) -> TurnInput:
    """Return the same turn with other words of the fan."""
    return structs.replace(turn, burst=tuple(structs.replace(message, text=text) for message in turn.burst))


async def build_pack_part(unit: Unit, pack: PackOnShelf) -> PackPart:
    """Return the part of a reply that offers a pack at its own price."""
    return await build_part(unit, plain_deal(pack))


async def make_part(house: House, shop: Shop, chat: Conversation, slug: str) -> PackPart:
    async with house.app.unit(shop.account.agency_id) as unit:
        return await build_pack_part(unit, (await shelf(unit, shop, chat.fan_id))[slug])


def offer_of(part: PackPart, price: Money | None = None) -> OfferPack:
    return OfferPack(part.offer_id, part.pack_id, price or part.price, part.payload, asked=True)


def context_of(shop: Shop, chat: Conversation) -> EffectContext:
    return EffectContext(shop.account, chat, None)  # type: ignore[arg-type]  # an offer outside a turn


async def buy(house: House, shop: Shop, payload: str, handle: str = "7") -> None:
    """Let the platform say that the fan bought what was offered."""
    event = InboundPurchase(
        event_key=f"buy-{payload}",
        at=datetime.now(UTC),
        sender=Sender(handle=handle),
        conversation_key=f"chat-{handle}",
        payload=payload,
        charge_key=f"charge-{payload}",
        sandbox=True,
    )
    await send_in(house, shop.account, event)
