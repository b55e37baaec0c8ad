"""House rules as small checks of the syntax tree. Each says which accident it keeps away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import ROOT, ROOTS_OF_COMPOSITION, Module, imports, modules, tracked_files

SQL = re.compile(r"\b(SELECT\s.+?\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\s", re.DOTALL)
# They work before or below the schema: the session's own checks, the migrations' own table, roles.
SQL_HOMES = {"storage.database", "storage.migrations", "storage.roles"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplement" + r"edError|pragma: no " + r"cover")
SKIPPED = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)\b")
SUPPRESSED = re.compile(r"#\s*(?P<kind>type: ignore|noqa)(?P<rest>.*)$", re.MULTILINE)
REASONED = re.compile(r"^(\[[a-z-]+(, ?[a-z-]+)*\]|: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)\s*[^\w\s]*\s*\w+\s+\w+")
MACHINE = re.compile(r"/(home|Users)/[a-z]+/|/wo" + r"rk/|index-" + r"url|https?://[^\s\"'`]*(pypi|simple/|mirr" + r"or)")


def places(module: Module, *lines: int) -> list[str]:
    """Name lines as an editor opens them."""
    return [f"{module.place}:{line}" for line in lines]


def calls(module: Module, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of these dotted names."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


def test_settings_are_read_in_composition_roots_only() -> None:
    """A module that looks at the environment by itself behaves differently in a test, a worker and a shell."""
    found = []
    for module in modules():
        if module.room in ("cli", "muse_cli") or module.name in ROOTS_OF_COMPOSITION:
            continue
        found += [place for source, name, line in imports(module) if source == "os" and name for place in places(module, line)]
        parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(module.tree):
            looked = isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")
            if looked and not _writes(parents[node], parents) and not _silences(module, parents[node]):
                found += places(module, getattr(node, "lineno", 0))
    assert not found


def _writes(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Say whether the environment is set for a library, not read: `os.environ[…] = …`, `.pop(…)`, `.update(…)`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store | ast.Del)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("pop", "update", "setdefault")
        and isinstance(parents[parents[node]], ast.Expr)
    )


def _silences(module: Module, node: ast.AST) -> bool:
    """The module that switches tracing off may look whether it is off."""
    return module.name == "agents.silence" and isinstance(node, ast.Attribute) and node.attr == "get"


def test_settings_are_loaded_in_composition_roots_only() -> None:
    found = []
    for module in modules():
        if module.room not in ("cli", "core", "evals"):
            taken = [line for source, name, line in imports(module) if (source, name) == ("core.settings", "load")]
            found += places(module, *taken, *(call.lineno for call in calls(module, "settings.load")))
    assert not found


def test_sql_stands_in_sql_files() -> None:
    """SQL inside Python is prepared by no test, and found by nobody who changes a table."""
    found = []
    for module in modules():
        if module.name in SQL_HOMES or module.room == "evals":  # evals: the words of people who talk about such things
            continue
        docstrings = {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(module.tree):
            if node not in docstrings and SQL.search(_text(node)):
                found += places(module, getattr(node, "lineno", 0))
    assert not found


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)  # type: ignore[misc]  # strings
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_only_storage_speaks_on_a_connection() -> None:
    """A unit of work is handed through the rooms; what is said on its connection is storage's to write."""
    found = []
    for module in modules():
        if module.room != "storage":
            spoken = [
                n.lineno for n in ast.walk(module.tree) if isinstance(n, ast.Attribute) and ast.unparse(n) == "unit.connection"
            ]
            found += places(module, *spoken)
    assert not found


def test_nothing_sleeps_in_the_loop() -> None:
    """One `time.sleep` in a worker stops every turn of that worker; only commands, which have no loop, may wait so."""
    found = [place for m in modules() if m.room != "cli" for call in calls(m, "time.sleep") for place in places(m, call.lineno)]
    assert not found


def test_gather_only_buries() -> None:
    """`gather` leaves its other tasks running when one fails; task groups do not. It may wait for cancelled tasks."""
    found = []
    for module in modules():
        for call in calls(module, "asyncio.gather"):
            if not any(k.arg == "return_exceptions" and ast.unparse(k.value) == "True" for k in call.keywords):
                found += places(module, call.lineno)
    assert not found


def test_nothing_is_unfinished_and_no_test_is_skipped() -> None:
    found = []
    for path in tracked_files():
        if path.suffix in (".py", ".js", ".sql", ".sh", ".toml") and path.name != "LICENSE":
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if UNFINISHED.search(line) or (path.suffix == ".py" and SKIPPED.search(line)):
                    found.append(f"{path.relative_to(ROOT)}:{number}")
    mine = f"{ROOT.joinpath('tests', 'architecture', 'test_house_rules.py').relative_to(ROOT)}:"
    assert not [place for place in found if not place.startswith(mine)]


def test_suppressions_carry_a_code_and_a_reason() -> None:
    found = []
    for path in tracked_files():
        if path.suffix == ".py" and path.parent.name != "architecture":
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if (match := SUPPRESSED.search(line)) and not REASONED.match(match["rest"]):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[-60:]}")
    assert not found, "write: # type: ignore[code]  # why, or # noqa: CODE — why"


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = []
    for path in tracked_files():
        if (
            path.suffix in (".py", ".toml", ".md", ".sh", ".sql", ".txt", ".json", ".yml", ".yaml", "")
            and path.name != "LICENSE"
        ):
            if path.parent.name == "architecture":
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if MACHINE.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found


def test_rooms_do_not_print() -> None:
    """Output belongs to the commands; a print in a worker is a log line without a correlation id."""
    rooms = {"core", "storage", "personas", "memory", "shop", "studio", "tools", "agents", "gateway", "workers"}
    assert not [p for m in modules() if m.room in rooms for call in calls(m, "print") for p in places(m, call.lineno)]


def test_a_failed_assertion_is_no_error_message() -> None:
    """`python -O` removes assertions; what a person must know is raised by name."""
    found = [
        place
        for m in modules()
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Assert)
        for place in places(m, node.lineno)
    ]
    assert not found
