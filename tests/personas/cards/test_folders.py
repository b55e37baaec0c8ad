"""An imported persona as a folder: every part in its file, the card beside it, and nothing that was there is touched."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from core.errors import BadInput
from personas.cards.card import read_card
from personas.cards.folders import UNSTATED, folder_files, kept_card, to_toml, write_folder
from personas.cards.incoming import import_card
from personas.cards.slugs import candidates, slug_of
from personas.loader import load_from_library
from personas.schema import Persona
from tests.personas.cards.shapes import ANYTHING, V2_CARDS, import_drawn

TODAY = date(2026, 5, 1)
CARD = b'{"name": "Mia", "description": "Makes bowls.", "x": 1.0}'


def joined(files: dict[str, str]) -> Persona:
    """Join a folder's files as the loader does."""
    tables = {name.removesuffix(".toml"): tomllib.loads(text) for name, text in files.items()}
    document = tables.pop("persona")
    document["age"] = None if document["age"] == UNSTATED else document["age"]
    document["refuses"] = tables["boundaries"].pop("refuses")
    document["lines_in"] = {name[6:]: tables.pop(name) for name in list(tables) if name.startswith("lines.")}
    document["dialogues"] = tables.pop("dialogues", {}).get("dialogues", [])
    return Persona.from_document(document | tables)


def test_a_folder_holds_the_whole_persona() -> None:
    luna = load_from_library("luna")
    files = folder_files(luna)
    parts = {"persona.toml", "voice.toml", "boundaries.toml", "look.toml", "lines.toml", "lorebook.toml", "dialogues.toml"}
    assert set(files) == parts
    assert joined(files) == luna


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_none(one) for key, one in value.items() if one is not None}
    return [without_none(one) for one in value if one is not None] if isinstance(value, list | tuple) else value


@given(V2_CARDS)
def test_any_imported_card_can_be_a_folder(document: dict[str, Any]) -> None:
    persona = import_drawn(read_card(json.dumps(document).encode()), TODAY).persona
    wanted = persona.to_document()
    wanted["lorebook"] = without_none(wanted["lorebook"])
    assert joined(folder_files(persona)) == Persona.from_document(wanted)


@given(ANYTHING)
def test_any_value_is_written_as_toml(value: Any) -> None:
    assert tomllib.loads(to_toml({"k": [value], "t": {"a": value}})) == without_none({"k": [value], "t": {"a": value}})


def test_the_card_lies_beside_as_it_came(tmp_path: Path) -> None:
    imported = import_card(read_card(CARD), TODAY)
    folder = write_folder(tmp_path / "new", imported.persona, CARD, "json")
    assert folder == tmp_path / "new" / "mia"
    assert (folder / "card.json").read_bytes() == CARD
    assert kept_card(folder) == imported.card
    assert kept_card(tmp_path) is None
    assert f'age = "{UNSTATED}"' in (folder / "persona.toml").read_text()


def test_a_place_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(BadInput, match="cannot be written to"):
        write_folder(tmp_path / "file", import_card(read_card(CARD), TODAY).persona, CARD, "json")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mia", "mia"),
        ("Mia Stern!", "mia-stern"),
        ("Zoë Müßig", "zoe-mussig"),
        ("42 Mia", "mia"),
        ("ミア", "persona"),
        ("a", "persona"),
        ("../../etc", "etc"),
        ("x" * 90, "x" * 40),
    ],
)
def test_short_names(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_a_taken_name_gets_a_number() -> None:
    assert list(islice(candidates("mia"), 3)) == ["mia", "mia-2", "mia-3"]
    assert list(islice(candidates("x" * 40), 2)) == ["x" * 40, "x" * 38 + "-2"]
