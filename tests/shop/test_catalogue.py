from __future__ import annotations

from core.money import Money
from core.nouns import Conversation
from shop.catalogue import Shelf, find_packs
from shop.indexing import index_packs
from shop.offers import apply_offer_pack
from shop.wishes import read_wish
from storage.house import House
from storage.packs import put_pack
from tests.memory.world import WordEmbedder, bundled
from tests.shop.world import PACKS, Shop, buy, context_of, make_part, offer_of


async def look(
    house: House, shop: Shop, chat: Conversation, wish: str, *, meaning: bool = False, platform: str = "telegram"
) -> Shelf:
    read = read_wish(wish)
    vector = (await bundled().embed([read.text]))[0] if meaning else None
    async with house.app.unit(shop.account.agency_id) as unit:
        return await find_packs(unit, shop.account.influencer_id, chat.fan_id, platform, read, vector, bundled().name)


async def own(house: House, shop: Shop, chat: Conversation, *slugs: str) -> None:
    for slug in slugs:
        part = await make_part(house, shop, chat, slug)
        async with house.app.unit(shop.account.agency_id) as unit:
            await apply_offer_pack(unit, context_of(shop, chat), offer_of(part))
        await buy(house, shop, part.payload)


async def test_meaning_finds_the_pack_that_fits(house: House, shop: Shop, chat: Conversation) -> None:
    assert await index_packs(house, bundled()) == len(PACKS)
    assert await index_packs(house, bundled()) == 0
    for wish, slug in {
        "the ocean": "sea",
        "astronomy": "stars",
        "sunrise in the alps": "hut",
        "ein Bild vom Strand": "sea",
    }.items():
        assert (await look(house, shop, chat, wish, meaning=True)).fitting[0].slug == slug, wish
    nothing = await look(house, shop, chat, "a football stadium", meaning=True)
    assert (nothing.fitting, len(nothing.others)) == ((), 3)
    assert len((await look(house, shop, chat, "send me pics", meaning=True)).fitting) == 3


async def test_words_find_it_without_vectors(house: House, shop: Shop, chat: Conversation) -> None:
    assert [p.slug for p in (await look(house, shop, chat, "a telescope")).fitting] == ["stars"]
    assert [p.slug for p in (await look(house, shop, chat, "playa")).fitting] == ["sea"]


async def test_what_is_owned_is_not_offered(house: House, shop: Shop, chat: Conversation) -> None:
    await own(house, shop, chat, "sea")
    found = await look(house, shop, chat, "the beach")
    assert ([p.slug for p in found.fitting], [p.slug for p in found.owned]) == ([], ["sea"])
    assert {p.slug for p in found.others} == {"stars", "hut"}
    assert {p.slug for p in (await look(house, shop, chat, "pics")).fitting} == {"stars", "hut"}


async def test_packs_without_a_price_there_or_not_active_are_not_there(house: House, shop: Shop, chat: Conversation) -> None:
    assert (await look(house, shop, chat, "pics", platform="webchat")).empty
    async with house.app.unit(shop.account.agency_id) as unit:
        await unit.connection.execute("UPDATE packs SET active = false WHERE slug = 'sea'")
        await put_pack(unit, shop.account.influencer_id, "bare", "Bare", "No pictures yet.", ["bare", "empty"])
    assert {p.slug for p in (await look(house, shop, chat, "pics")).fitting} == {"stars", "hut"}


async def test_a_part_names_price_and_pictures_and_an_opaque_payload(house: House, shop: Shop, chat: Conversation) -> None:
    one, other = [await make_part(house, shop, chat, "sea") for _ in range(2)]
    assert (one.title, one.price, len(one.items)) == ("The sea at dusk", Money(500, "XTR"), 2)
    assert one.preview is not None
    assert one.preview.asset_id not in {item.asset_id for item in one.items}
    assert one.payload != other.payload
    assert len(one.payload.encode()) <= 128


async def test_changed_words_are_embedded_again(house: House, shop: Shop) -> None:
    words = WordEmbedder()
    assert await index_packs(house, words) == 3
    async with house.app.unit(shop.account.agency_id) as unit:
        await put_pack(unit, shop.account.influencer_id, "sea", "The sea by night", "Other words.", ["sea", "night"])
        await put_pack(unit, shop.account.influencer_id, "hut", *PACKS["hut"])
    assert await index_packs(house, words) == 1
