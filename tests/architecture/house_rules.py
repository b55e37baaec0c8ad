"""House rules over one module's syntax tree or one file's text: each yields the lines that break it.

A rule's docstring is the accident behind it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import ROOTS_OF_COMPOSITION, Module, imports

SQL = re.compile(r"\b(SELECT\s.+?\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\s", re.DOTALL)
# They work before or below the schema: the session's own checks, the migrations' own table, roles.
SQL_HOMES = {"storage.database", "storage.migrations", "storage.roles"}
SILENT = {"core", "storage", "personas", "memory", "shop", "studio", "tools", "agents", "gateway", "workers"}
WHOLE_ENVIRONMENT = ("os.environ", "os.getenv", "os.environb")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplement" + r"edError|pragma: no " + r"cover")
SKIPPED = re.compile(r"pytest\.(sk" + r"ip|xf" + r"ail|importor" + r"skip)|mark\.(sk" + r"ip|sk" + r"ipif|xf" + r"ail)\b")
SUPPRESSED = re.compile(r"#\s*(type: " + r"ignore|no" + r"qa)(?P<rest>.*)$")
REASONED = re.compile(r"^(\[[a-z-]+(, ?[a-z-]+)*\]|: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)\W*\w+\W+\w+")
MACHINE = re.compile(
    r"/(home|Users)/[a-z]+/|(?<![\w.])/wo" + r"rk/|index-" + r"url|https?://[^\s\"'`]*(pypi|/simple/|mirr" + r"or)"
)


def environment_reads(module: Module) -> Iterator[int]:
    """A module that looks at the environment by itself behaves differently in a test, a worker and a shell.

    Setting a variable for a library, and handing the whole environment to a child, is no reading.
    """
    if module.room in ("cli", "muse_cli") or module.name in ROOTS_OF_COMPOSITION:
        return
    yield from (line for source, name, line in imports(module) if source == "os" and name in ("environ", "getenv", "environb"))
    above = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in WHOLE_ENVIRONMENT and not _is_set_or_handed_on(node, above):
            silence = (
                module.name == "agents.silence" and ast.unparse(above[node]) == "os.environ.get"
            )  # it may look at its work
            if not silence:
                yield node.lineno


def _is_set_or_handed_on(node: ast.Attribute, above: dict[ast.AST, ast.AST]) -> bool:
    around = above[node]
    if isinstance(around, ast.Subscript):
        return isinstance(around.ctx, ast.Store | ast.Del)
    if isinstance(around, ast.Dict):
        return any(key is None and value is node for key, value in zip(around.keys, around.values, strict=True))
    sets = isinstance(around, ast.Attribute) and around.attr in ("pop", "update", "setdefault")
    return sets and isinstance(above[above[around]], ast.Expr)


def settings_loads(module: Module) -> Iterator[int]:
    """Settings that are loaded twice in one process can differ."""
    if module.room not in ("cli", "core", "evals"):
        yield from (line for source, name, line in imports(module) if (source, name) == ("core.settings", "load"))
        yield from (call.lineno for call in calls(module, "settings.load"))


def sql_strings(module: Module) -> Iterator[int]:
    """SQL inside Python is prepared by no test, and found by nobody who changes a table."""
    if module.name in SQL_HOMES:
        return
    lone = {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(module.tree):
        if node not in lone and SQL.search(_words(node)):
            yield getattr(node, "lineno", 0)


def _words(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def foreign_statements(module: Module) -> Iterator[int]:
    """A unit of work is handed through the rooms; what is said on its connection is storage's to write."""
    if module.room != "storage":
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "unit.connection":
                yield node.lineno


def sleeps(module: Module) -> Iterator[int]:
    """One `time.sleep` in a worker stops every turn of that worker; only commands, which have no loop, may wait so."""
    if module.room != "cli":
        yield from (call.lineno for call in calls(module, "time.sleep", "sleep"))


def open_gathers(module: Module) -> Iterator[int]:
    """`gather` leaves its other tasks running when one fails; a task group does not. It may wait for cancelled tasks."""
    for call in calls(module, "asyncio.gather", "gather"):
        if not any(k.arg == "return_exceptions" and ast.unparse(k.value) == "True" for k in call.keywords):
            yield call.lineno


def prints(module: Module) -> Iterator[int]:
    """Output belongs to the commands; a print in a worker is a log line without a correlation id."""
    if module.room in SILENT:
        yield from (call.lineno for call in calls(module, "print"))


def assertions(module: Module) -> Iterator[int]:
    """`python -O` removes assertions; what must hold is raised by name."""
    yield from (node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Assert))


def calls(module: Module, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of these dotted names."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


def unfinished(line: str) -> bool:
    """What is marked as unfinished stays so, and a skipped test tells nothing."""
    return bool(UNFINISHED.search(line) or SKIPPED.search(line))


def bare_suppression(line: str) -> bool:
    """A check that is switched off without a word is never switched on again."""
    match = SUPPRESSED.search(line)
    return bool(match and not REASONED.match(match["rest"]))


def machine_place(line: str) -> bool:
    """A path or an address that only one machine knows fails on the next."""
    return bool(MACHINE.search(line))


MODULE_RULES = (
    environment_reads, settings_loads, sql_strings, foreign_statements, sleeps, open_gathers, prints, assertions,
)  # fmt: skip
LINE_RULES = (unfinished, bare_suppression, machine_place)
