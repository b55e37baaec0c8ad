"""A card comes out as it went in: every field, every unknown one, every byte around it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from personas.cards.card import Card, put_into, read_card, write_card
from personas.cards.charx import Packed, write_charx
from personas.cards.convert import convert
from personas.cards.export import export_card
from tests.personas.cards.pictures import card_picture, chunk, picture, text
from tests.personas.cards.shapes import V1_CARDS, V2_CARDS, V3_CARDS, import_drawn

TODAY = date(2026, 5, 1)
FILES = st.lists(
    st.tuples(
        st.sampled_from(["assets/icon/images/a.png", "assets/other/ö.bin", "module.risum", "x.dat"]), st.binary(max_size=40)
    ),
    max_size=3,
    unique_by=lambda pair: pair[0],
)


def same(one: Any, other: Any) -> bool:
    """Compare as JSON: 1 and 1.0 are different texts and true is no 1; the order of keys does not count."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def as_json(document: Any) -> bytes:
    return json.dumps(document).encode()


@given(st.one_of(V1_CARDS, V2_CARDS, V3_CARDS))
def test_json_in_and_out_is_equal(document: dict[str, Any]) -> None:
    card = read_card(as_json(document))
    assert same(json.loads(write_card(card)), document)
    assert same(read_card(write_card(card, indent=1)).document, document)


@given(st.one_of(V1_CARDS, V2_CARDS, V3_CARDS))
def test_png_in_and_out_keeps_the_card_and_every_other_chunk(document: dict[str, Any]) -> None:
    keyword = b"ccv3" if document.get("spec") == "chara_card_v3" else b"chara"
    around = (text(b"Comment", b"made by hand"), chunk(b"zTXt", b"Note\0\0x"), chunk(b"prIv", b"\0\1\2"))
    data = card_picture(as_json(document), keyword, *around)
    card = read_card(data)
    again = read_card(write_card(card))
    assert same(again.document, document)
    assert [c for c in again.chunks if not c.is_card] == [c for c in card.chunks if not c.is_card]
    assert [c.kind for c in again.chunks] == [c.kind for c in card.chunks]


@given(V3_CARDS, FILES)
def test_charx_in_and_out_keeps_the_card_and_the_bytes_of_every_asset(
    document: dict[str, Any], files: list[tuple[str, bytes]]
) -> None:
    packed = tuple(Packed(path, data) for path, data in files)
    card = read_card(write_charx(as_json(document), packed))
    again = read_card(write_card(card))
    assert same(again.document, document)
    assert again.files == packed


@given(st.one_of(V1_CARDS, V2_CARDS, V3_CARDS))
def test_imported_and_exported_in_its_version_it_is_equal(document: dict[str, Any]) -> None:
    card = read_card(as_json(document))
    imported = import_drawn(card, TODAY)
    out, losses = export_card(imported.persona, card.version, card, TODAY)
    assert same(out.document, document)
    assert losses == []


@given(st.one_of(V1_CARDS, V2_CARDS))
def test_what_a_newer_version_takes_over_loses_nothing(document: dict[str, Any]) -> None:
    card = read_card(as_json(document))
    newer, losses = convert(card, "v3")
    assert losses == []
    assert same(read_card(write_card(newer)).document, newer.document)
    for name in ("name", "description", "first_mes"):
        assert newer.data[name] == card.data[name]


@given(V3_CARDS)
def test_what_an_older_version_cannot_hold_is_told_field_by_field(document: dict[str, Any]) -> None:
    card = read_card(as_json(document))
    older, losses = convert(card, "v2")
    told = {loss.field for loss in losses}
    for name in ("assets", "nickname", "creator_notes_multilingual", "source", "creation_date", "modification_date"):
        held = card.data.get(name) not in (None, "", [], {})
        assert (f"data.{name}" in told) == held
        assert name not in older.data
    assert same(older.data["extensions"], card.data["extensions"])
    assert same(card.document, document), "the card itself is not touched"
    oldest, more = convert(card, "v1")
    assert set(oldest.document) == {"name", "description", "personality", "scenario", "first_mes", "mes_example"}
    assert told <= {loss.field for loss in more}


def test_a_picture_of_two_versions_stays_one() -> None:
    v2 = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Old"}}
    v3 = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "New"}}
    data = card_picture(as_json(v2), b"chara", card_picture(as_json(v3), b"ccv3")[len(picture()) - 12 : -12])
    card = read_card(data)
    assert card.version == "v3"
    assert card.data["name"] == "New"
    assert write_card(card) == data
    older, _ = convert(card, "v2")
    assert read_card(write_card(older)).data["name"] == "New", "the old twin does not speak for the new card"


def test_a_card_moves_between_containers_and_says_what_stays_behind() -> None:
    document = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Mia"}}
    card = Card("v3", document, "charx", files=(Packed("assets/icon/images/main.png", b"bytes"),))
    as_text, left = put_into(card, "json")
    assert json.loads(write_card(as_text)) == document
    assert left == ["1 files of the CHARX (assets), which JSON cannot hold"]
    as_picture, _ = put_into(as_text, "png", picture())
    back = read_card(write_card(as_picture))
    assert back.document == document
    packed, left = put_into(back, "charx")
    assert left == []
    assert read_card(write_card(packed)).files[0].data == picture()


@pytest.mark.parametrize("container", ["png", "charx"])
def test_a_container_that_cannot_be_is_refused(container: Any) -> None:
    with pytest.raises(BadInput, match=r"picture|CHARX is for V3"):
        write_card(Card("v2", {"spec": "chara_card_v2", "data": {"name": "Mia"}}, container))
