"""The folder that `muse persona new` writes is valid as it stands, whatever the name; nobody under age gets one."""

from pathlib import Path

import pytest

from core.errors import BadInput
from personas.loader import FILES, examine, load_persona
from personas.starting import Beginning, write_folder


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Luna", "luna"), ("Ana Sofía", "ana-sofia"), ("Jean-Luc II.", "jean-luc-ii"), ("Zoë $name ${age}", "zoe-name-age")],
)
def test_it_is_valid_and_says_what_was_stated(tmp_path: Path, name: str, slug: str) -> None:
    folder = write_folder(tmp_path / "mine", Beginning(name=name, age=31, language="pt-BR", zone="America/Bahia"))
    persona = load_persona(folder)
    assert (persona.slug, persona.name, persona.age, persona.time_zone) == (slug, name, 31, "America/Bahia")
    assert persona.languages == ("pt-BR",)
    assert not persona.lines
    assert {path.name for path in folder.iterdir()} <= set(FILES)
    assert all("#" in path.read_text(encoding="utf-8") for path in folder.iterdir())


@pytest.mark.parametrize("age", [17, 0, -1])
def test_nobody_under_age_is_begun(tmp_path: Path, age: int) -> None:
    with pytest.raises(BadInput, match="younger than 18"):
        write_folder(tmp_path, Beginning(name="Luna", age=age))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        (Beginning(name="7", age=30), "makes no short name"),
        (Beginning(name='Lu"na', age=30), "without quotes"),
        (Beginning(name="日本", age=30), "makes no short name"),
        (Beginning(name="Luna", age=130), "age is 130; give an age from 18 to 120"),
        (Beginning(name="Luna", age=30, zone="Europe/Lisbonn"), "did you mean Europe/Lisbon"),
        (Beginning(name="Luna", age=30, language="English"), "give a language's code"),
    ],
)
def test_what_makes_no_persona_leaves_nothing_behind(tmp_path: Path, beginning: Beginning, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        write_folder(tmp_path, beginning)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, Beginning(name="Luna", age=31))
    (folder / "voice.toml").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        write_folder(tmp_path, Beginning(name="Luna", age=31))
    assert (folder / "voice.toml").read_text() == "mine"
    assert [problem.file.name for problem in examine(folder).problems] == ["voice.toml"]
