"""Loading says which file and which key is wrong, and what to do."""

import re
from pathlib import Path
from shutil import copytree

import msgspec
import pytest

from core.errors import BadInput, Misconfigured
from personas.loader import LIBRARY, examine, load_from_library, load_persona
from personas.packs import load_packs
from personas.schema import Persona


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(LIBRARY / "luna", tmp_path / "luna"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


MISTAKES = [
    ("persona", "age = 27", "age = 17", "age is 17; give an age from 18 to 120: nobody here is younger."),
    ("persona", "age = 27", 'age = "old"', 'age is "old"; give an age from 18 to 120'),
    ("persona", "age = 27", "age = true", "age is true; give an age"),
    ("persona", "age = 27", "age = 27.5", "age is 27.5; give an age"),
    ("persona", "Europe/Lisbon", "Europe/Lisbonn", r"time_zone .* is no zone; did you mean Europe/Lisbon\?"),
    ("persona", "Europe/Lisbon", "Lisbon time", "time_zone .* give a zone's name such as Europe/Lisbon"),
    ("persona", '"#7c5cff"', '"violet"', 'accent is "violet"; give a colour such as "#7c5cff"'),
    ("persona", 'name = "Luna"', 'nme = "Luna"', r"nme is no key; did you mean name\?"),
    ("persona", 'slug = "luna"', 'slug = "moon"', 'slug is "moon" but the folder is called "luna"'),
    ("persona", 'slug = "luna"', "slug = ", "this is no TOML"),
    ("persona", "age = 27", "age = 27\nage = 28", "this is no TOML"),
    (
        "persona",
        "age = 27",
        'age = 27\nautonomy = "fully"',
        'autonomy is "fully"; give one of "approve", "auto", "off", "risk"',
    ),
    ("persona", "age = 27", "age = 27\nlook = {}", "look stands in look.toml beside this file; move it there"),
    ("persona", "age = 27", "age = 27\nrefuses = ['x']", "refuses stands in boundaries.toml beside this file"),
    ("persona", "age = 27", 'age = 27\npace = { overlap = "shout" }', 'pace.overlap is "shout"; give one of "collect"'),
    ("persona", "age = 27", "age = 27\npace = { quiet_s = -1 }", "pace.quiet_s is -1; give a number from 0 to 120"),
    ("persona", "age = 27", "age = 27\npace = { quiet_s = nan }", "pace.quiet_s is nan; give a number from 0 to 120"),
    (
        "persona",
        "age = 27",
        'age = 27\npace = { quiet_hours = ["23:30", "25:00"] }',
        "an item of pace.quiet_hours is .*25:00.*",
    ),
    ("persona", "age = 27", 'age = 27\npace = { quiet_hours = ["23:30"] }', "pace.quiet_hours is a list; give a list of 2"),
    ("persona", "age = 27", "age = 27\npace = { hurry = true }", "hurry is no key of pace; known are: chars_per_s"),
    ("persona", 'begins = "09:30"', 'begins = "9:30"', 'rhythm.begins is "9:30"; give a time of day such as "23:30"'),
    ("persona", 'begins = "09:30"', "begins = 09:30:00", "rhythm.begins is 09:30:00; give a time of day"),
    ("persona", 'what = "home"', 'what = "hous"', 'biography.fixed.what is "hous"; give one of'),
    ("persona", '["27", "twenty-seven"', '["16", "twenty-seven"', 'the fixed age "16" is not the age 27; make them the same'),
    ("persona", '"pt"]', '"Portuguese"]', 'an item of languages is "Portuguese"; give a language'),
    ("voice", "emoji_rate = 0.5", "emoji_rate = 5", "^emoji_rate is 5; give a number from 0 to 1.$"),
    ("voice", "emoji = [", "emoji = [7, ", "^an item of emoji is 7; give text.$"),
    ("voice", "typical_chars = 160", "typical_chars = 1.5", "typical_chars is 1.5; give a whole number from 20 to 1000"),
    ("voice", "longest_chars = 420", "longest_chars = 90", "longest_chars is below typical_chars; give at least 160"),
    ("voice", "emoji = [", "emojis = [", r"emojis is no key of voice; did you mean emoji\?"),
    ("boundaries", 'sales = "asked"', 'sales = "hard"', 'sales is "hard"; give one of "asked", "none", "soft"'),
    ("boundaries", "forbidden = [", "forbiden = [", r"forbiden is no key of boundaries; did you mean forbidden\?"),
    ("boundaries", "refuses = [", "refuse = [", r"refuse is no key of boundaries; did you mean refuses\?"),
    ("dialogues", 'who = "persona"', 'who = "luna"', 'dialogues.lines.who is "luna"; give one of "fan", "persona"'),
    ("dialogues", "[[dialogues]]", "[[dialogue]]", r"dialogue is no key; write \[\[dialogues\]\]"),
    ("lorebook", "token_budget = 400", "token_budget = -1", "token_budget is -1; give a whole number from 0 to 32000"),
    ("lorebook", "keys = [", "key = [", r"key is no key of lorebook.entries; did you mean keys\?"),
    ("look", "avoid = [", "avoid = 5 # [", "avoid is 5; give a list"),
    ("lines", "thanks = [", "thx = [", "thx is neither an intent nor an occasion; "),
    ("lines", "thanks = [", "thank = [", r"thank is neither an intent nor an occasion; did you mean thanks\?"),
    ("lines", "thanks = [", "crisis = ['x']\nthanks = [", "crisis is answered by the house's own text; take it out"),
    ("lines", "owned = [", "owned = []\nno_pack = [] # [", "this is no TOML"),
    ("packs", "pictures = 5", "pictures = 50", "packs.pictures is 50; give a whole number from 1 to 10"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), MISTAKES)
def test_errors_name_file_line_and_remedy(folder: Path, file: str, old: str, new: str, said: str) -> None:
    path = folder / f"{file}.toml"
    change(path, old, new)
    problems = [problem for problem in examine(folder).problems if re.search(said, problem.sentence)]
    assert problems, [str(problem) for problem in examine(folder).problems]
    shown = str(problems[0])
    assert re.match(rf".*{file}\.toml:\d+: ", shown)
    if "no TOML" not in said:
        written = path.read_text(encoding="utf-8").split("\n")[problems[0].line - 1]
        assert new.split("\n")[-1] in written or new.split("\n")[0] in written
    with pytest.raises(Misconfigured, match=said.strip("^$")):
        load_persona(folder)


def test_all_mistakes_of_a_folder_are_told_at_once(folder: Path) -> None:
    change(folder / "persona.toml", "age = 27", "age = 12")
    change(folder / "persona.toml", 'begins = "09:30"', 'begins = "9"')
    change(folder / "voice.toml", "emoji_rate = 0.5", "emoji_rate = 5")
    change(folder / "lorebook.toml", "scan_depth = 6", "scan_dept = 6")
    (folder / "notes.toml").write_text("")
    told = [f"{problem.file.name}:{problem.line}" for problem in examine(folder).problems]
    assert [one.split(":")[0] for one in told] == [
        "lorebook.toml", "notes.toml", "persona.toml", "persona.toml", "voice.toml",
    ]  # fmt: skip
    with pytest.raises(Misconfigured, match=r"(?s)lorebook.*persona.*voice"):
        load_persona(folder)


def test_each_number_and_word_of_a_folder_is_held_to_its_type(folder: Path) -> None:
    """Whatever single value is broken, the error names the line on which it stands."""
    broken = 0
    for path in sorted(folder.glob("*.toml")):
        good = path.read_text(encoding="utf-8")
        for number, line in enumerate(good.split("\n")):
            found = re.match(r"^(\w+) = (\d[\d.]*|\"[^\"]*\")$", line)
            if found is None:
                continue
            lines = good.split("\n")
            lines[number] = f"{found[1]} = [{{ }}]"
            path.write_text("\n".join(lines), encoding="utf-8")
            told = [problem for problem in examine(folder).problems if problem.file == path]
            assert [problem.line for problem in told] == [number + 1], line
            assert re.search(rf"\b{found[1]} is a list; give ", told[0].sentence), told[0]
            broken += 1
        path.write_text(good, encoding="utf-8")
    assert broken > 60
    assert not examine(folder).problems


@pytest.mark.parametrize("file", ["persona", "voice", "boundaries"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / f"{file}.toml").unlink()
    with pytest.raises(Misconfigured, match=rf"{file}\.toml: the file is missing"):
        load_persona(folder)


def test_only_three_files_are_needed(folder: Path) -> None:
    for name in ("dialogues", "lorebook", "look", "lines", "packs"):
        (folder / f"{name}.toml").unlink()
    persona = load_persona(folder)
    assert (persona.dialogues, persona.lorebook, persona.lines) == ((), None, {})


@pytest.mark.parametrize(("name", "said"), [("voices.toml", "did you mean voice.toml"), ("lines.english.toml", "no file")])
def test_a_strange_file_is_refused(folder: Path, name: str, said: str) -> None:
    (folder / name).write_text("")
    with pytest.raises(Misconfigured, match=rf"{name}: this is no file of a persona; .*"):
        load_persona(folder)
    assert any(said in str(problem) for problem in examine(folder).problems)
    (folder / name).unlink()
    (folder / ".notes").write_text("what begins with a dot is nobody's business")
    (folder / "README.md").write_text("for people")
    assert load_persona(folder).name == "Luna"


def test_lines_in_another_language_have_a_file_each(folder: Path) -> None:
    (folder / "lines.es.toml").write_text((folder / "lines.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert set(load_persona(folder).lines_in) == {"es"}
    change(folder / "lines.es.toml", "thanks = [", "thx = [")
    with pytest.raises(Misconfigured, match=r"lines\.es\.toml:\d+: thx is neither"):
        load_persona(folder)
    (folder / "lines.es.toml").rename(folder / "lines.fr.toml")
    change(folder / "lines.fr.toml", "thx = [", "thanks = [")
    with pytest.raises(Misconfigured, match=r"lines\.fr\.toml:1: lines are in fr, which is not among languages"):
        load_persona(folder)


def test_an_unstated_age_is_said_so_and_keeps_the_persona_silent(folder: Path) -> None:
    change(folder / "persona.toml", "age = 27", 'age = "unstated"')
    persona = load_persona(folder)
    assert persona.age is None
    assert not persona.speaks
    change(folder / "persona.toml", 'age = "unstated"\n', "")
    with pytest.raises(Misconfigured, match="age is missing; give an age from 18 to 120"):
        load_persona(folder)


def test_a_missing_folder_and_a_missing_persona_are_named(folder: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no such folder"):
        load_persona(folder / "nowhere")
    with pytest.raises(Misconfigured, match="there are: ines, luna, matteo, theo"):
        load_from_library("nobody")


@pytest.mark.parametrize("junk", [b"\xff\xfe", b"a = [" * 5000, b"\x00", b"= 1", b"[", b'a = """', b"a = 1\nb = {"])
def test_junk_is_one_clear_problem(folder: Path, junk: bytes) -> None:
    (folder / "voice.toml").write_bytes(junk)
    problems = examine(folder).problems
    assert [problem.file.name for problem in problems] == ["voice.toml"]
    assert re.search("no TOML|no text in UTF-8|nested too deeply", problems[0].sentence)


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
    with pytest.raises(Misconfigured, match=r"packs\.toml:6: packs.pictures is 50"):
        load_packs(folder)
    (folder / "packs.toml").unlink()
    assert load_packs(folder) == ()
