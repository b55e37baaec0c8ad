"""The house's own words on the chat page, in the language that the browser asks for."""

from __future__ import annotations

import aiohttp
import pytest

from core.errors import EffectRefused
from gateway.languages import pick_language
from gateway.webchat.wording import REFUSALS, PageWords, load_words
from shop import checkouts
from tests.gateway.conftest import Gateway
from tests.gateway.test_webchat import Visitor, offer

LANGUAGES = {
    "en": "not a person",
    "de": "kein Mensch",
    "es": "no una persona",
    "fr": "pas une personne",
    "it": "non una persona",
    "pt": "não uma pessoa",
}
ACCEPTED = {
    "en": "en-GB,en;q=0.9",
    "de": "de-AT,de;q=0.9,en;q=0.8",
    "es": "es",
    "fr": "nl,fr;q=0.7",
    "it": "en;q=0.2,it",
    "pt": "pt-BR",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_speaks_the_browsers_language(gateway: Gateway, language: str) -> None:
    async with aiohttp.ClientSession(headers={"accept-language": ACCEPTED[language]}) as session:
        mia, words = Visitor(gateway, session), load_words()[language]
        door = await (await mia.get("session")).json()
        assert LANGUAGES[language] in door["notice"]
        assert door["notice"].startswith(("Luna ", "luna "))
        assert door["language"] == language
        await mia.enter()
        assert (await (await mia.write("\u200b")).json())["detail"] == words["empty"]
        await mia.write("pictures?")
        effect, _ = await offer(gateway, mia)
        async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
            await unit.connection.execute("UPDATE packs SET active = false")
        refused = await mia.post("unlock", {"offer_id": str(effect.offer_id)})
        assert (refused.status, (await refused.json())["detail"]) == (409, words["refused"]["gone"])
        async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
            await unit.connection.execute("UPDATE packs SET active = true")
        assert (await mia.post("unlock", {"offer_id": str(effect.offer_id)})).status == 202
        (line,) = [item["text"] for item in await mia.items() if item["kind"] == "purchase"]
        assert line == words["unlocked"].replace("{title}", "Sea")


def test_every_language_has_every_text_with_its_places() -> None:
    table = load_words()
    assert set(table) == set(LANGUAGES)
    for words in table.values():
        assert words.keys() == table["en"].keys()
        assert words["refused"].keys() == table["en"]["refused"].keys() == set(REFUSALS.values())
        assert "{name}" in words["notice"]
        assert "{title}" in words["unlocked"]
        assert all("{" not in text for text in words["refused"].values())


def test_the_shops_sentences_are_the_english_ones() -> None:
    """Who rewords a refusal of the shop does it here too, or the fan reads English."""
    for sentence, key in REFUSALS.items():
        assert str(PageWords("en").refuse(EffectRefused(sentence))) == sentence == load_words()["en"]["refused"][key]
    assert str(PageWords("de").refuse(EffectRefused(checkouts.RESTS))) != checkouts.RESTS
    assert str(PageWords("de").refuse(EffectRefused("something else"))) == "something else"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("xx", "en"),
        ("de;q=0, fr", "fr"),
        ("*", "en"),
        ("en;q=0.1,pt-BR;q=0.9", "pt"),
        ("de;q=zz", "de"),
        (";;;,,", "en"),
    ],
)
def test_weights_decide_and_nonsense_is_english(accepted: str, language: str) -> None:
    assert pick_language(accepted, LANGUAGES) == language
