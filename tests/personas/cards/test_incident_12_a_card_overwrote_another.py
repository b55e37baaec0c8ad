"""Incident 12 (SillyTavern#5756): importing a card overwrote another of the same name. Here a name is never a place."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from cli.cards.import_card import take_in
from personas.cards.card import read_card
from personas.cards.folders import write_folder
from personas.cards.incoming import import_card
from personas.schema import Persona
from storage.accounts import find_influencer, put_influencer
from storage.cards import find_card
from storage.house import House
from tests.conftest import Agency

TODAY = date(2026, 5, 1)
ONE, OTHER = (b'{"name": "Mia", "description": "%s"}' % words for words in (b"Makes bowls.", b"Sails boats."))


def test_a_folder_is_never_written_into(tmp_path: Path) -> None:
    (tmp_path / "mia").mkdir()
    (tmp_path / "mia" / "persona.toml").write_text("the first")
    for card, name in ((ONE, "mia-2"), (OTHER, "mia-3")):
        folder = write_folder(tmp_path, import_card(read_card(card), TODAY).persona, card, "json")
        assert folder.name == name
        assert f'slug = "{name}"' in (folder / "persona.toml").read_text()
    assert [path.name for path in (tmp_path / "mia").iterdir()] == ["persona.toml"]
    assert (tmp_path / "mia" / "persona.toml").read_text() == "the first"


async def test_an_influencer_is_never_taken_over(house: House, agency: Agency) -> None:
    async with house.app.unit(agency.id) as unit:
        await put_influencer(unit, "mia", "The first Mia", {"name": "first"}, "x")
    imported = [import_card(read_card(card), TODAY) for card in (ONE, OTHER)]
    async with asyncio.TaskGroup() as group:  # at the same moment
        taking = [
            group.create_task(take_in(house, agency.id, card, one))
            for card, one in zip((ONE, OTHER) * 3, imported * 3, strict=True)
        ]
    slugs = [task.result() for task in taking]
    assert sorted(slugs) == ["mia-2", "mia-3", "mia-4", "mia-5", "mia-6", "mia-7"]
    async with house.app.unit(agency.id) as unit:
        first = await find_influencer(unit, "mia")
        assert (first.name, first.persona, first.persona_version) == ("The first Mia", {"name": "first"}, 1)
        assert await find_card(unit, first.id) is None
        for slug, card, one in zip(slugs, (ONE, OTHER) * 3, imported * 3, strict=True):
            influencer = await find_influencer(unit, slug)
            persona = Persona.from_document(influencer.persona)
            assert (persona.slug, persona.biography) == (slug, one.persona.biography)
            kept = await find_card(unit, influencer.id)
            assert kept is not None
            assert kept.persona_version_id == influencer.persona_version_id
            assert await house.blobs.get(kept.blob_key) == card
