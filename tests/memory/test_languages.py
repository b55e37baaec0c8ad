"""Languages are told apart by whole sentences; a word that may be anything is none."""

from __future__ import annotations

import pytest

from memory.languages import DICTIONARIES, OTHERS, dictionary_of, find_language
from storage.house import House
from tests.conftest import Agency


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how was your day? mine was long and my boss moved the deadline again", "en"),
        ("ich heiße Jonas und wohne in Hamburg", "de"),
        ("me llamo Carlos y vivo en un pueblo cerca de Sevilla", "es"),
        ("j'habite à Lyon depuis trois ans avec mon chien", "fr"),
        ("mi chiamo Marco e lavoro in una piccola officina", "it"),
        ("eu moro em São Paulo e trabalho como enfermeiro", "pt"),
        ("ok", None),
        ("", None),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str | None) -> None:
    assert find_language(text) == language


def test_the_choice_can_be_narrowed() -> None:
    assert find_language("tudo bem com você hoje?", among=["en", "pt"]) == "pt"


def test_every_language_that_can_be_told_is_known_to_the_model() -> None:
    assert find_language("zażółć gęślą jaźń, proszę bardzo") in {*DICTIONARIES, *OTHERS}


async def test_postgres_has_every_dictionary(house: House, agency: Agency) -> None:
    async with house.app.unit(agency.id) as unit:
        rows = await unit.connection.fetch("SELECT cfgname FROM pg_ts_config")
    assert {*DICTIONARIES.values(), dictionary_of("xx"), dictionary_of(None)} <= {row["cfgname"] for row in rows}
    assert (dictionary_of("pt-BR"), dictionary_of("pl")) == ("portuguese", "simple")
