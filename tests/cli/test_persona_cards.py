"""`muse persona import` and `muse persona export`: a card goes into folder and house and comes out again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.cards.export_card import draw, find
from cli.cards.import_card import read, take_in
from cli.main import run
from core.errors import NotFound
from personas.cards.card import put_into, read_card, write_card
from personas.cards.charx import Packed, write_charx
from personas.cards.export import export_card
from personas.loader import LIBRARY, load_from_library
from storage.accounts import put_influencer
from storage.house import House
from tests.conftest import Agency
from tests.personas.cards.pictures import picture
from tests.personas.cards.test_incoming import TODAY, V2


@contextmanager
def written(folder: Path, document: dict[str, Any]) -> Iterator[Path]:
    path = folder / "mia.json"
    path.write_text(json.dumps(document))
    yield path


def test_a_card_goes_into_a_folder_and_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with written(tmp_path, V2) as path:
        assert run(["persona", "import", str(path), "--to", str(tmp_path / "cast")]) == 0
    out = capsys.readouterr().out
    assert "Mia Stern: V2 card (JSON) →" in out
    assert "Its age is 31 (data.description)." in out
    assert "data.system_prompt: a stranger's instructions never enter a prompt" in out
    assert (tmp_path / "cast" / "mia-stern" / "card.json").read_text() == json.dumps(V2)


def test_a_refused_card_is_one_sentence_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with written(tmp_path, {"name": "Mia", "description": "She is 17 years old."}) as path:
        assert run(["persona", "import", str(path), "--to", str(tmp_path / "cast")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("muse: description speaks of an age below 18")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "cast").exists()
    assert run(["persona", "import", str(tmp_path / "gone.png"), "--to", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_what_a_card_calls_itself_does_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with written(tmp_path, {"name": "Mia\x1b[2J", "description": "a"}) as path:
        assert run(["persona", "import", str(path), "--to", str(tmp_path / "cast")]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_persona_of_the_library_becomes_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "luna.png"
    assert run(["persona", "export", str(LIBRARY / "luna"), "--format", "v3", "--as", "png", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Could not be carried:" in said
    assert "lines: it stands in extensions" in said
    card = read_card(out.read_bytes())
    assert (card.version, card.container, card.data["name"]) == ("v3", "png", "Luna")
    before = out.read_bytes()
    assert run(["persona", "export", str(LIBRARY / "luna"), str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert run(["persona", "export", str(LIBRARY / "luna"), "--format", "v2", "--as", "charx", str(tmp_path / "x")]) == 2
    assert "CHARX is for V3" in capsys.readouterr().err


async def test_a_card_goes_through_the_house_and_comes_out_whole(house: House, agency: Agency, tmp_path: Path) -> None:
    document = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {**V2["data"], "x_unknown": [1, 1.0, None]}}
    data = write_charx(json.dumps(document).encode(), (Packed("assets/icon/images/ä.png", b"\0\1\2"),))
    (tmp_path / "mia.charx").write_bytes(data)
    slug = await take_in(house, agency.id, *read(tmp_path / "mia.charx"))
    persona, original = await find(house, agency.id, slug)
    assert (slug, persona.age, persona.name) == ("mia-stern", 31, "Mia Stern")
    assert original is not None
    card, losses = export_card(persona, "v3", original, TODAY)
    again = read_card(write_card(card))
    assert losses == []
    assert json.dumps(again.document, sort_keys=True) == json.dumps(document, sort_keys=True)
    assert again.files == (Packed("assets/icon/images/ä.png", b"\0\1\2"),)
    with pytest.raises(NotFound, match="no influencer 'nobody'"):
        await find(house, agency.id, "nobody")


async def test_who_came_from_no_card_has_none(house: House, agency: Agency) -> None:
    luna = load_from_library("luna")
    async with house.app.unit(agency.id) as unit:
        await put_influencer(unit, "luna", luna.name, luna.to_document(), luna.checksum)
    persona, original = await find(house, agency.id, "luna")
    assert persona == luna
    assert original is None


def test_a_persona_without_a_picture_gets_the_houses_drawing() -> None:
    luna = load_from_library("luna")
    card, _ = export_card(luna, "v2", None, TODAY)
    placed, left = put_into(card, "png", draw(luna))
    assert left == []
    assert read_card(write_card(placed)).document == card.document
    assert read_card(write_card(put_into(card, "png", picture())[0])).document == card.document
