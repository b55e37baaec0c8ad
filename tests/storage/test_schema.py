"""`storage/schema.sql` is what the migrations make: a reader sees the whole schema in one file and can believe it."""

from __future__ import annotations

from tests.conftest import TestDatabase
from tests.storage.dump_schema import SCHEMA, dump_schema


def test_the_schema_file_equals_the_migrations(database: TestDatabase) -> None:
    found = dump_schema(database.owner)
    assert "CREATE TABLE public.conversations" in found
    assert found == SCHEMA.read_text(), "a migration changed: run `python -m tests.storage.dump_schema`"
