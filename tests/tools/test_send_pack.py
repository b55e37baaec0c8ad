"""The tool checks and stages; it acts on nothing, and tells the model only what is true."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import tools
from agents.staging import Attempt
from core.money import Money
from core.nouns import TurnInput
from core.outbound import PackPart
from core.turns import LimitSpend, OfferPack
from shop.catalogue import Catalogue
from shop.offers import apply_offer_pack
from shop.restraint import OWN_LIMIT, Restraint, limit_spend
from storage import credits
from storage.conversations import load_conversation
from storage.house import House
from storage.packs import put_price
from studio.ordering import PictureDesk
from studio.styles import Painting
from tests.memory.world import WordEmbedder
from tests.shop.world import Shop, buy, context_of, make_part, offer_of
from tools.context import ToolContext
from tools.registry import open_tools
from tools.send_pack import SendPack


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


async def call(house: House, turn: TurnInput, words: WordEmbedder, attempt: Attempt, **arguments: Any) -> str:
    return await SendPack(Catalogue(house, words.name)).run(ToolContext(turn, attempt, words), arguments)


async def own(house: House, shop: Shop, turn: TurnInput, *slugs: str) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        chat = await load_conversation(unit, turn.conversation.id)
    for slug in slugs:
        part = await make_part(house, shop, chat, slug)
        async with house.app.unit(shop.account.agency_id) as unit:
            await apply_offer_pack(unit, context_of(shop, chat), offer_of(part))
        await buy(house, shop, part.payload)


async def test_it_stages_the_pack_that_fits_with_its_own_price(
    house: House, shop: Shop, turn: TurnInput, words: WordEmbedder
) -> None:
    attempt = Attempt()
    answer = await call(house, turn, words, attempt, wish="something at the beach?")
    (effect,), (part,) = attempt.effects, attempt.parts
    assert isinstance(effect, OfferPack)
    assert isinstance(part, PackPart)
    assert (effect.pack_id, effect.price, effect.payload) == (shop.packs["sea"], part.price, part.payload)
    assert effect.offer_id == part.offer_id
    assert "'The sea at dusk'" in answer
    assert "500 Stars" in answer
    async with house.app.unit(shop.account.agency_id) as unit:
        assert await unit.connection.fetchval("SELECT count(*) FROM offers") == 0, "nothing happens before the commit"
        await apply_offer_pack(unit, context_of(shop, turn.conversation), effect)


async def test_arguments_beside_the_wish_change_nothing(house: House, shop: Shop, turn: TurnInput, words: WordEmbedder) -> None:
    """Incident 21: strangers steered tools through a direct message."""
    attempt = Attempt()
    await call(house, turn, words, attempt, wish="beach", price=1, amount=1, pack_id="x", fan_id="y", unit="USD")
    (effect,) = attempt.effects
    assert isinstance(effect, OfferPack)
    assert str(effect.price) == "500 Stars"
    assert list(SendPack(Catalogue(house, "words")).parameters["properties"]) == ["wish"]


@pytest.mark.parametrize("wish", [None, 7, "", "x" * 100_000, "\x00", ["a"]])
async def test_any_wish_is_survived(house: House, shop: Shop, turn: TurnInput, words: WordEmbedder, wish: object) -> None:
    attempt = Attempt()
    assert await call(house, turn, words, attempt, wish=wish)
    assert len(attempt.effects) <= 1


async def test_a_second_offer_in_a_turn_is_refused(house: House, shop: Shop, turn: TurnInput, words: WordEmbedder) -> None:
    attempt = Attempt()
    await call(house, turn, words, attempt, wish="beach")
    assert "a second would be too much" in await call(house, turn, words, attempt, wish="mountains")
    assert len(attempt.effects) == len(attempt.parts) == 1


async def test_it_says_that_nothing_fits_and_what_there_is(
    house: House, shop: Shop, turn: TurnInput, words: WordEmbedder
) -> None:
    attempt = Attempt()
    answer = await call(house, turn, words, attempt, wish="dinosaurs")
    assert answer.startswith("No pack fits this wish")
    assert "'Rooftop and stars'" in answer
    assert not attempt.effects
    assert "'Rooftop and stars'" in await call(house, turn, words, attempt, wish="Rooftop and stars")
    assert len(attempt.effects) == 1


async def test_it_says_what_is_owned(house: House, shop: Shop, turn: TurnInput, words: WordEmbedder) -> None:
    await own(house, shop, turn, "sea")
    attempt = Attempt()
    assert "owns 'The sea at dusk' already" in await call(house, turn, words, attempt, wish="the beach")
    await own(house, shop, turn, "stars", "hut")
    assert "owns every pack already" in await call(house, turn, words, attempt, wish="the beach")
    assert "owns every pack already" in await call(house, turn, words, attempt, wish="pics")
    assert not attempt.effects


async def test_an_empty_shop_is_called_so(house: House, turn: TurnInput, words: WordEmbedder) -> None:
    assert "no pack for sale" in await call(house, turn, words, Attempt(), wish="pics")


async def test_nothing_is_sold_to_who_opted_out_or_did_not_say_to_be_adult(
    house: House, shop: Shop, turn: TurnInput, words: WordEmbedder
) -> None:
    now = datetime.now(UTC)
    out = structs.replace(turn, fan=structs.replace(turn.fan, opted_out_at=now))
    on_page = structs.replace(turn, account=structs.replace(turn.account, platform="webchat"))
    adult = structs.replace(on_page, fan=structs.replace(turn.fan, adult_confirmed_at=now))
    attempt = Attempt()
    assert "asked for no messages" in await call(house, out, words, attempt, wish="beach")
    assert "not said to be an adult" in await call(house, on_page, words, attempt, wish="beach")
    assert not attempt.effects
    assert "no pack for sale" in await call(house, adult, words, attempt, wish="beach"), "these have no price on the page"


async def test_without_the_embedder_words_decide(house: House, shop: Shop, turn: TurnInput, words: WordEmbedder) -> None:
    words.away = True
    attempt = Attempt()
    assert "'The hut at dawn'" in await call(house, turn, words, attempt, wish="something in the mountains")


async def test_under_an_own_limit_what_fits_it_is_offered(
    house: House, shop: Shop, turn: TurnInput, words: WordEmbedder
) -> None:
    async with house.app.unit(shop.account.agency_id) as unit:
        await put_price(unit, shop.packs["stars"], "telegram", 300, "XTR")
        await limit_spend(unit, context_of(shop, turn.conversation), LimitSpend((Money(400, "XTR"),), "month"))
    attempt = Attempt()
    tool = SendPack(Catalogue(house, words.name), Restraint(house))
    context = ToolContext(turn, attempt, words, asked=True)
    answer = await tool.run(context, {"wish": "the beach"})
    assert answer.startswith(f"Nothing is attached. {OWN_LIMIT} 400 Stars a month")
    assert not attempt.effects
    assert "'Rooftop and stars'" in await tool.run(context, {"wish": "pics"}), "the only one of three that fits the limit"
    assert len(attempt.effects) == 1


def test_every_tool_file_is_in_the_registry(house: House, words: WordEmbedder) -> None:
    files = {path.stem for path in Path(str(tools.__file__)).parent.glob("*.py")} - {"__init__", "context", "registry"}
    assert set(open_tools(house, words, PictureDesk(house, Painting(model=""), credits))) == files


@pytest.mark.parametrize(
    "wish", ["another", "noch ein Bild bitte", "something different", "¿Y otra?", "encore une", "un'altra", "tem mais?"]
)
async def test_who_asks_for_another_gets_what_they_do_not_own(
    house: House, shop: Shop, turn: TurnInput, words: WordEmbedder, wish: str
) -> None:
    await own(house, shop, turn, "sea")
    attempt = Attempt()
    assert "is attached" in await call(house, turn, words, attempt, wish=wish)
    (effect,) = attempt.effects
    assert isinstance(effect, OfferPack)
    assert effect.pack_id != shop.packs["sea"]
