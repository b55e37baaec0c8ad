"""The rooms are as the design draws them: known by name, opened by a README, small inside, and the ones in this repository."""

from __future__ import annotations

import ast
import statistics
import sys
import tomllib
from collections.abc import Iterator

import pytest

import muse_cli
from tests.architecture.tree import ROOMS, ROOT, Module, imports, modules, tracked_files

VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "managers"}
LONGEST, LONG, MIDDLE = 400, 300, 150
CORE_OUTSIDE = {"dotenv", "msgspec", "structlog", "uuid_utils"}
FOLDERS = sorted(path.parent.relative_to(ROOT).as_posix() for path in tracked_files() if path.name == "README.md")
READ_FIRST = [folder for folder in FOLDERS if folder.partition("/")[0] in ROOMS]
"""The rooms, and the folders in them that have a README of their own."""


def test_every_list_of_rooms_is_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = (ROOT / ".importlinter").read_text().partition("include_external_packages")[0]
    found = tuple(sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"))
    assert found == tuple(sorted(ROOMS))
    assert tuple(project["tool"]["setuptools"]["packages"]) == ROOMS
    assert tuple(project["tool"]["mypy"]["packages"]) == ROOMS
    assert tuple(muse_cli.ROOMS) == ROOMS
    assert tuple(contracts.partition("root_packages =")[2].split()) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_opens_with_a_readme_and_a_docstring(room: str) -> None:
    readme = ROOT / room / "README.md"
    assert readme.is_file(), "a room opens with a README.md: what it promises, its files, its doors"
    text = readme.read_text()
    assert text.startswith("# ")
    assert len(text.splitlines()) > 2
    assert ast.get_docstring(next(m for m in modules() if m.name == room).tree), f"{room}/__init__.py says what the room is"


@pytest.mark.parametrize("folder", READ_FIRST)
def test_a_readme_names_the_files_of_its_folder(folder: str) -> None:
    """A new file beside the others is one line in the room's table; else the table lies within a month.

    A folder with a README of its own inside a room does the same; a file may stand in the room's instead.
    """
    room = folder.partition("/")[0]
    readme = "\n".join((ROOT / place / "README.md").read_text() for place in dict.fromkeys((folder, room)))
    beside = {path.relative_to(ROOT / folder).parts[0] for path in tracked_files() if path.is_relative_to(ROOT / folder)}
    names = beside - {"__init__.py", "README.md"}
    missing = sorted(name for name in names if name not in readme and name.removesuffix(".py") not in readme)
    assert not missing


def test_every_module_says_what_it_is() -> None:
    assert not [m.place for m in modules() if not ast.get_docstring(m.tree)]


def test_no_module_hides_from_the_contracts() -> None:
    """Without `__init__.py` a folder is no package, and import-linter does not look into it."""
    assert not [
        m.place for m in modules() if not m.is_comparison and m.room in ROOMS and not (m.path.parent / "__init__.py").is_file()
    ]


def test_names_from_rooms_resolve_inside_the_repository() -> None:
    known = {m.name: m for m in modules()}
    lost = []
    for module in modules():
        for source, name, line in imports(module):
            if source.partition(".")[0] not in ROOMS:
                continue
            if source not in known or not (name is None or f"{source}.{name}" in known or name in set(_names(known[source]))):
                lost.append(f"{module.place}:{line}: {source} {name or ''}")
    assert not lost


def _names(module: Module) -> Iterator[str]:
    """Yield what a module binds at its top level."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_the_floor_stands_on_few_stones() -> None:
    outside = {source.partition(".")[0] for m in modules() if m.room == "core" for source, _, _ in imports(m)}
    assert {name for name in outside if name not in sys.stdlib_module_names and name != "core"} == CORE_OUTSIDE


def test_no_module_has_a_name_that_takes_anything_in() -> None:
    files = [path for path in tracked_files() if path.suffix in (".py", ".js", ".sql")]
    assert len(files) > 100
    assert not [path for path in files if path.stem.lower() in VAGUE]


def test_modules_are_small() -> None:
    lengths = {m.place: m.text.count("\n") for m in modules() if m.text.strip()}
    assert not {place: n for place, n in lengths.items() if n > LONGEST}
    assert sum(n < LONG for n in lengths.values()) > 0.8 * len(lengths)
    assert statistics.median(lengths.values()) <= MIDDLE


def test_no_file_that_people_read_is_long() -> None:
    kinds = (".py", ".js", ".css", ".sql", ".html")
    whole = {ROOT / "storage" / "schema.sql", *(ROOT / "storage" / "migrations").glob("*.sql")}  # made, or laid in one piece
    files = [path for path in tracked_files() if path.suffix in kinds and path not in whole]
    assert not [path for path in files if path.read_text().count("\n") > LONGEST]
