"""Incident 11 (SillyTavern#5777): exporting a character card lost fields. Here what came in goes out."""

from __future__ import annotations

import json
from datetime import date

import pytest

from personas.cards.card import Container, put_into, read_card, write_card
from personas.cards.export import export_card
from personas.cards.fields import walk
from personas.cards.incoming import import_card
from tests.personas.cards.pictures import picture

ENTRY = {
    "keys": ["oven"],
    "content": "@@their_own 1\n@@@depth 2\nHot.",
    "extensions": {"their": {"probability": 50, "vectorized": False, "nested": [[{"deep": None}]]}},
    "enabled": False,
    "insertion_order": 10.0,
    "use_regex": False,
    "id": "entry-1",
    "x_delay": 3,
}
CARD = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "create_date": "2026-1-1",
    "data": {
        "name": "Mia",
        "description": "Bakes.",
        "personality": "",
        "scenario": "",
        "first_mes": "Hi",
        "mes_example": "",
        "creator_notes": "",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [],
        "tags": ["a", "a"],
        "creator": "",
        "character_version": "",
        "extensions": {
            "talkativeness": "0.5",
            "fav": False,
            "world": "",
            "depth_prompt": {"depth": 4, "role": "system"},
            "": 0,
        },
        "group_only_greetings": [],
        "character_book": {"extensions": {}, "entries": [ENTRY], "x_book": 1e-7},
        "assets": [{"type": "x_their", "uri": "embeded://assets/x.bin", "name": "", "ext": "unknown", "x_more": True}],
        "x_root": {"unknown": [1, 1.0, True]},
    },
}


@pytest.mark.parametrize("container", ["json", "png", "charx"])
def test_what_came_in_goes_out(container: Container) -> None:
    imported = import_card(read_card(json.dumps(CARD).encode()), date(2026, 5, 1))
    card, losses = export_card(imported.persona, "v3", imported.card, date(2026, 5, 1))
    placed, _ = put_into(card, container, picture())
    document = read_card(write_card(placed)).document
    assert losses == []
    assert [repr(field) for field in walk(document)] == [repr(field) for field in walk(CARD)]
    assert json.dumps(document, sort_keys=True) == json.dumps(CARD, sort_keys=True)
