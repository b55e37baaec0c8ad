"""Every statement of `storage/sql` is understood by the migrated database, under the role that runs it, and is used."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from storage import queries
from storage.queries import FOLDER, HEAD, Queries, parse
from tests.conftest import TestDatabase

FILES = sorted(path.stem for path in FOLDER.glob("*.sql"))


@pytest.mark.parametrize("name", FILES)
async def test_every_query_is_prepared_by_its_role(name: str, database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.sweep if name == "sweep" else database.app)
    try:
        refused = {}
        prepared = 0
        for query in Queries(name):
            try:
                await connection.prepare(query.sql)
                prepared += 1
            except asyncpg.PostgresError as error:
                refused[query.name] = str(error)
    finally:
        await connection.close()
    assert not refused
    assert prepared > 0


@pytest.mark.parametrize("name", FILES)
def test_every_query_is_named_with_a_sentence(name: str) -> None:
    text = (FOLDER / f"{name}.sql").read_text()
    assert HEAD.match(text), f"{name}.sql does not open with `-- name: what it does.`"
    unended = [query.name for query in Queries(name) if not query.doc.endswith(".")]
    assert not unended
    several = [query.name for query in Queries(name) if ";" in "\n".join(_without_comments(query.sql))]
    assert not several, "one query holds one statement"


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        parse("-- a: First.\nSELECT 1;\n-- a: Again.\nSELECT 2;\n")


def test_queries_and_their_uses_are_the_same_set() -> None:
    defined = {(name, query.name) for name in FILES for query in Queries(name)}
    used = set(_uses(Path(queries.__file__).parent))
    assert used == defined


def _without_comments(sql: str) -> Iterator[str]:
    for line in sql.splitlines():
        yield line.partition("--")[0]


def _uses(room: Path) -> Iterator[tuple[str, str]]:
    """Read (file, query) of each `NAME["query"]` where NAME is a `Queries("file")`, made there or imported."""
    trees = {path.stem: _parse(path.read_text()) for path in room.glob("*.py")}
    made = {module: dict(_made(tree)) for module, tree in trees.items()}
    for module, tree in trees.items():
        known = dict(made[module])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("storage."):
                theirs = made.get(node.module.removeprefix("storage."), {})
                known |= {a.asname or a.name: theirs[a.name] for a in node.names if a.name in theirs}
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in known:
                assert isinstance(node.slice, ast.Constant), f"{module}: a query is named by a constant"
                yield known[node.value.id], str(node.slice.value)


def _made(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            call = node.value
            if isinstance(call.func, ast.Name) and call.func.id == "Queries" and isinstance(call.args[0], ast.Constant):
                yield node.targets[0].id, str(call.args[0].value)


def _parse(text: str) -> ast.Module:
    """Parse with the collector off: Python 3.11's parser breaks when a finaliser that runs meanwhile prints a traceback."""
    gc.disable()
    try:
        return ast.parse(text)
    finally:
        gc.enable()
