"""The public page: there without a token, in the reader's language, with every number that the chats give."""

from __future__ import annotations

import re

import aiohttp
import pytest

from agents.policy.wording import load_wording
from gateway.safety.page import choose_language, draw_page, load_lines, load_texts
from tests.gateway.conftest import Gateway

LANGUAGES = ("de", "en", "es", "fr", "it", "pt")


async def test_anybody_reads_it_in_their_language(gateway: Gateway) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{gateway.url}/safety", headers={"accept-language": "fr-CA,en;q=0.5"}) as answer:
            page = await answer.text()
            assert (answer.status, answer.headers["content-language"]) == (200, "fr")
            assert "script" not in page
        async with session.get(f"{gateway.url}/safety?lang=de", headers={"accept-language": "fr"}) as answer:
            assert "Telefonseelsorge" in await answer.text()
            assert answer.headers["content-language"] == "de"
        async with session.get(f"{gateway.url}/chat/luna") as answer:
            assert 'href="/safety"' in await answer.text()


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "zh, pt-BR;q=0.8, de;q=0.9", "de"),
        (None, "it;q=0, es", "es"),
        (None, "fr;q=x", "fr"),
        ("xx", "de", "de"),
        ("PT", "de", "pt"),
    ],
)
def test_the_language_is_chosen(wanted: str | None, accepted: str, language: str) -> None:
    assert choose_language(wanted, accepted) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_whole_and_names_what_the_chats_name(language: str) -> None:
    assert load_texts()[language].keys() == load_texts()["en"].keys()
    page = draw_page(language, "<b>desk@muse.example</b>").decode()
    assert "&lt;b&gt;desk@muse.example" in page
    assert f"<html lang={language}>" in page
    told = f"{load_wording(language)['crisis']} {load_wording(language)['concern']}"
    numbers = [number.strip() for number in re.findall(r"\d[\d ]{1,}\d", told)]
    assert numbers
    assert not [number for number in numbers if number not in page]
    assert all(line["call"] in page for line in load_lines())


def test_without_a_contact_it_says_so() -> None:
    assert load_texts()["en"]["nobody"] in draw_page("en", "").decode()
