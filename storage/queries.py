"""SQL from `.sql` files: each query stands under a line `-- name: what it does.` and is bound once, at import.

A missing name fails when the module is imported, not when the query is first needed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import msgspec

from core.errors import NotFound
from storage.unit import Unit

FOLDER = Path(__file__).parent / "sql"
HEAD = re.compile(r"^-- (?P<name>[a-z_]+): (?P<doc>.+)$", re.MULTILINE)
T = TypeVar("T")


def _noun_of(kind: type[object]) -> str:
    """Return what a person calls a struct: "picture" of `PictureRow`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower().removesuffix(" row").removesuffix(" ref")


class Query:
    """One named statement. Rows are converted into structs by column name."""

    def __init__(self, name: str, doc: str, sql: str) -> None:
        """Keep the statement; `doc` is its sentence."""
        self.name, self.doc, self.sql = name, doc, sql

    async def all(self, unit: Unit, kind: type[T], *args: Any) -> list[T]:
        """Return every row as a `kind`."""
        return [_convert(row, kind) for row in await unit.connection.fetch(self.sql, *args)]

    async def first(self, unit: Unit, kind: type[T], *args: Any) -> T | None:
        """Return the first row as a `kind`, or nothing."""
        row = await unit.connection.fetchrow(self.sql, *args)
        return None if row is None else _convert(row, kind)

    async def one(self, unit: Unit, kind: type[T], *args: Any) -> T:
        """Return the first row. Raises `NotFound` when there is none."""
        found = await self.first(unit, kind, *args)
        if found is None:
            raise NotFound(f"There is no such {_noun_of(kind)}.")
        return found

    async def value(self, unit: Unit, *args: Any) -> Any:
        """Return the first column of the first row, or nothing."""
        return await unit.connection.fetchval(self.sql, *args)

    async def run(self, unit: Unit, *args: Any) -> int:
        """Run the statement and return how many rows it touched."""
        status: str = await unit.connection.execute(self.sql, *args)
        count = status.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    async def run_many(self, unit: Unit, rows: list[tuple[Any, ...]]) -> None:
        """Run the statement once per row of arguments."""
        await unit.connection.executemany(self.sql, rows)


class Queries:
    """The queries of one file. `queries["claim"]` fails at import when the file has no such name."""

    def __init__(self, name: str) -> None:
        """Read `sql/<name>.sql`."""
        self.name = name
        self._queries = parse((FOLDER / f"{name}.sql").read_text())

    def __getitem__(self, name: str) -> Query:
        """Return the query of that name."""
        return self._queries[name]

    def __iter__(self) -> Any:
        """Go through all queries of the file."""
        return iter(self._queries.values())


def parse(text: str) -> dict[str, Query]:
    """Cut a file's text into its named queries. Raises `ValueError` for a name used twice."""
    heads = list(HEAD.finditer(text))
    found: dict[str, Query] = {}
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        sql = text[head.end() : after.start() if after else len(text)].strip().rstrip(";")
        if head["name"] in found:
            raise ValueError(f"query {head['name']} stands twice")
        found[head["name"]] = Query(head["name"], head["doc"], sql)
    return found


def _convert(row: asyncpg.Record, kind: type[T]) -> T:
    return msgspec.convert(dict(row), kind)
