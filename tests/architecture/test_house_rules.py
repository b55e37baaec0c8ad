"""The house keeps its rules, and each rule sees the accident that it is there for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest

from tests.architecture import house_rules as rules
from tests.architecture.tree import ROOT, Module, modules, tracked_files

Rule = Callable[[Module], Iterator[int]]
KINDS = {".py", ".js", ".css", ".html", ".sql", ".toml", ".md", ".txt", ".json", ".yml", ".yaml", ""}

ACCIDENTS: list[tuple[Rule, str]] = [
    (rules.environment_reads, "import os\nport = os.environ['PORT']"),
    (rules.environment_reads, "import os\nport = os.environ.get('PORT')"),
    (rules.environment_reads, "import os\nport = os.environ.pop('PORT')"),
    (rules.environment_reads, "import os\nport = os.getenv('PORT')"),
    (rules.environment_reads, "from os import environ"),
    (rules.settings_loads, "from core.settings import load"),
    (rules.settings_loads, "from core import settings\nmine = settings.load({})"),
    (rules.sql_strings, "text = 'SELECT id FROM fans'"),
    (rules.sql_strings, "text = f'DELETE FROM {table} WHERE id = $1'"),
    (rules.sql_strings, "text = '''\n  update x\n  UPDATE fans SET language = NULL'''"),
    (rules.foreign_statements, "async def f(unit):\n    await unit.connection.execute('x')"),
    (rules.sleeps, "import time\ntime.sleep(1)"),
    (rules.open_gathers, "import asyncio\nasync def f():\n    await asyncio.gather(a(), b())"),
    (rules.open_gathers, "import asyncio\nasync def f():\n    await asyncio.gather(a(), return_exceptions=False)"),
    (rules.prints, "print('here')"),
    (rules.assertions, "def f(x):\n    assert x"),
]
HARMLESS: list[tuple[Rule, str]] = [
    (rules.environment_reads, "import os\nos.environ['HF_HUB_OFFLINE'] = '1'\nos.environ.pop('X', None)\nenv = {**os.environ}"),
    (rules.environment_reads, "import os\nfolder = os.path.join('a', 'b')"),
    (rules.sql_strings, '"""Rows come FROM the table; SELECT them FROM there."""'),
    (rules.sql_strings, "words = 'please select a size from the list'"),
    (rules.foreign_statements, "async def f(unit):\n    await QUERIES['x'].run(unit)"),
    (rules.sleeps, "import asyncio\nasync def f():\n    await asyncio.sleep(1)"),
    (rules.open_gathers, "import asyncio\nasync def f():\n    await asyncio.gather(task, return_exceptions=True)"),
]
BAD_LINES = [
    (rules.unfinished, "# TO" + "DO: later"),
    (rules.unfinished, "    raise NotImplement" + "edError"),
    (rules.unfinished, "@pytest.mark.sk" + "ip(reason='slow')"),
    (rules.bare_suppression, "x = 1  # type: " + "ignore"),
    (rules.bare_suppression, "x = 1  # type: " + "ignore[assignment]"),
    (rules.bare_suppression, "x = 1  # no" + "qa: S603"),
    (rules.bare_suppression, "x = 1  # no" + "qa"),
    (rules.machine_place, "folder = '/home/" + "mia/muse'"),
    (rules.machine_place, "pip install --index-" + "url https://example.org/simple"),
]
GOOD_LINES = [
    (rules.unfinished, "a method to do it, and one to fix it"),
    (rules.bare_suppression, "x = 1  # type: " + "ignore[assignment]  # the module is optional"),
    (rules.bare_suppression, "x = 1  # no" + "qa: S603, S607 — fixed words and a number"),
    (rules.machine_place, "see https://www.postgresql.org/docs and /tmp"),
]


def module(source: str) -> Module:
    """Make a module of a room out of a few lines."""
    return Module("gateway.planted", ROOT / "gateway" / "planted.py", source, ast.parse(source))


@pytest.mark.parametrize("rule", rules.MODULE_RULES)
def test_the_modules_keep_the_rule(rule: Rule) -> None:
    found = [f"{m.place}:{line}" for m in modules() if not m.is_comparison for line in rule(m)]
    assert not found, rule.__doc__


@pytest.mark.parametrize("rule", rules.LINE_RULES)
def test_the_files_keep_the_rule(rule: Callable[[str], bool]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_files()
        if path.suffix in KINDS and path.name != "LICENSE"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if rule(line)
    ]
    assert not found, rule.__doc__


@pytest.mark.parametrize(("rule", "source"), ACCIDENTS)
def test_a_rule_sees_its_accident(rule: Rule, source: str) -> None:
    assert list(rule(module(source)))


@pytest.mark.parametrize(("rule", "source"), HARMLESS)
def test_a_rule_lets_the_harmless_pass(rule: Rule, source: str) -> None:
    assert not list(rule(module(source)))


@pytest.mark.parametrize(("rule", "line"), [*BAD_LINES, *GOOD_LINES])
def test_a_rule_tells_good_lines_from_bad(rule: Callable[[str], bool], line: str) -> None:
    assert rule(line) == ((rule, line) in BAD_LINES)


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in ACCIDENTS} == set(rules.MODULE_RULES)
    assert {rule for rule, _ in BAD_LINES} == set(rules.LINE_RULES)
