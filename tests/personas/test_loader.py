"""Loading says which file and which key is wrong, and what to do."""

from pathlib import Path
from shutil import copytree

import msgspec
import pytest

from core.errors import BadInput, Misconfigured
from personas.loader import LIBRARY, load_from_library, load_persona
from personas.packs import load_packs
from personas.schema import Persona


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(LIBRARY / "luna", tmp_path / "luna"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("age = 27", "age = 17", r"persona\.toml.*>= 18.*\$\.age"),
        ("age = 27", 'age = "old"', r"persona\.toml.*\$\.age"),
        ("Europe/Lisbon", "Europe/Atlantis", r"persona\.toml.*Europe/Atlantis"),
        ('accent = "#7c5cff"', 'accent = "violet"', r"persona\.toml.*\$\.accent"),
        ('name = "Luna"', 'nme = "Luna"', r"persona\.toml.*(nme|name)"),
        ('slug = "luna"', 'slug = "moon"', r"persona\.toml.*'moon'.*'luna'"),
        ('slug = "luna"', "slug = ", r"persona\.toml is no TOML"),
        ("emoji_rate = 0.5", "emoji_rate = 5", r"\$\.voice\.emoji_rate"),
        ("[voice]", '[pace]\noverlap = "shout"\n[voice]', r"\$\.pace\.overlap"),
        ("[voice]", "[pace]\nquiet_s = -1\n[voice]", r"\$\.pace\.quiet_s"),
        ("[voice]", '[pace]\nquiet_hours = ["23:30", "25:00"]\n[voice]', r"\$\.pace\.quiet_hours"),
        ("[voice]", "[pace]\nhurry = true\n[voice]", r"hurry.*\$\.pace"),
    ],
)
def test_errors_name_file_and_key(folder: Path, old: str, new: str, said: str) -> None:
    change(folder / "persona.toml", old, new)
    with pytest.raises(Misconfigured, match=said):
        load_persona(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("thanks = [", "thx = [", "lines.thx is neither an intent nor an occasion"),
        ("thanks = [", "crisis = ['x']\nthanks = [", "lines.crisis is answered by the house"),
        ("owned = [", "owned = []\nno_pack2 = [", "no_pack2"),
    ],
)
def test_line_errors_name_the_intent(folder: Path, old: str, new: str, said: str) -> None:
    change(folder / "lines.toml", old, new)
    with pytest.raises(Misconfigured, match=said):
        load_persona(folder)


def test_a_missing_intent_is_named(folder: Path) -> None:
    change(folder / "lines.toml", "thanks = [", "thanks = []\nother2 = [")
    change(folder / "lines.toml", "other2 = [", "goodbye2 = [")
    with pytest.raises(Misconfigured, match="goodbye2"):
        load_persona(folder)


def test_a_missing_file_and_a_missing_persona_are_named(folder: Path) -> None:
    (folder / "lines.toml").unlink()
    with pytest.raises(Misconfigured, match=r"lines\.toml is missing"):
        load_persona(folder)
    with pytest.raises(Misconfigured, match="there are: luna, matteo"):
        load_from_library("nobody")


def test_a_document_survives_json() -> None:
    persona = load_from_library("matteo")
    document = msgspec.json.decode(msgspec.json.encode(persona.to_document()))
    assert Persona.from_document(document) == persona
    shuffled = dict(reversed(document.items()))
    assert Persona.from_document(shuffled).checksum == persona.checksum
    assert msgspec.structs.replace(persona, tagline="Other.").checksum != persona.checksum


def test_a_broken_document_names_the_key() -> None:
    document = load_from_library("luna").to_document() | {"age": 12}
    with pytest.raises(BadInput, match=r"\$\.age"):
        Persona.from_document(document)


def test_a_wrong_pack_names_the_key(folder: Path) -> None:
    change(folder / "packs.toml", "pictures = 5", "pictures = 50")
    with pytest.raises(Misconfigured, match=r"packs\.toml.*pictures"):
        load_packs(folder)
    (folder / "packs.toml").unlink()
    assert load_packs(folder) == ()
