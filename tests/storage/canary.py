"""A canary in every kind of data about a fan, and a search of every store for what is left of it.

Tables and their keys come from Postgres' catalogue, so that a table added tomorrow is planted and searched tomorrow.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
from chromadb import HttpClient
from chromadb.config import Settings as ChromaSettings
from redis.asyncio import Redis

from tests.conftest import TestDatabase
from tests.storage.catalogue import tenant_tables

CANARY = "zanzibarquokka"
OF_A_FAN = ("fans", "identities", "conversations", "messages", "turns", "facts", "offers", "purchases", "links")
NOT_OF_A_FAN = {"tombstones", "pending_deletions"}  # what forgetting itself writes

REFERENCES = """
SELECT c.conrelid::regclass::text AS name, a.attname AS col, c.confrelid::regclass::text AS target
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND c.connamespace = 'public'::regnamespace
"""


async def admin(database: TestDatabase) -> asyncpg.Connection:
    """Connect above row security."""
    return await asyncpg.connect(database.admin, database=database.name)


async def references(connection: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Return, table by table, which column refers to which table."""
    found: dict[str, dict[str, str]] = {}
    for row in await connection.fetch(REFERENCES):
        found.setdefault(row["name"], {})[row["col"]] = row["target"]
    return found


async def plant(connection: asyncpg.Connection, agency_id: uuid.UUID, known: Mapping[str, uuid.UUID]) -> dict[str, uuid.UUID]:
    """Write a row into every table that hangs on a fan and is not `known`; return the id of one row for each."""
    refers = await references(connection)
    tables = {table.name: table for table in await tenant_tables(connection)}
    ids = dict(known)
    while True:
        ready = [
            name
            for name, columns in refers.items()
            if name not in ids
            and name in tables
            and name not in NOT_OF_A_FAN
            and any(target in OF_A_FAN for target in columns.values())
            and all(
                target in ids for column, target in columns.items() if _required(tables[name], column) and target != "agencies"
            )
        ]
        if not ready:
            return ids
        for name in ready:
            table = tables[name]
            row: dict[str, Any] = table.row(agency_id)
            for column in table.columns:
                target = refers[name].get(column.name)
                if target in ids and target != name:
                    row[column.name] = ids[target]
                elif column.kind == "text" and column.name not in table.allowed and column.name != "voice":
                    row[column.name] = f"{CANARY} {name} {uuid.uuid4().hex}"
                elif column.kind == "jsonb":
                    row[column.name] = f'{{"said": "{CANARY}"}}'
                elif column.kind == "bytea":
                    row[column.name] = f"{CANARY} {uuid.uuid4().hex}".encode()
            row.pop("owner", None)
            row.pop("owner_name", None)
            if "other_fan_id" in row:
                row["other_fan_id"] = ids["other_fan"]
            await connection.execute(table.insert(row), *row.values())
            ids[name] = row.get("id", row.get("purchase_id", uuid.uuid4()))


def _required(table: Any, column: str) -> bool:
    return any(c.name == column and c.required for c in table.columns)


async def left_in_rows(connection: asyncpg.Connection, needles: Iterable[str]) -> list[str]:
    """Return the tables and rows that hold one of some words or ids, in any column, as text or as bytes."""
    sought = {form for needle in needles for form in (needle.lower(), needle.encode().hex(), needle.replace("-", "").lower())}
    found = []
    for table in await tenant_tables(connection):
        for row in await connection.fetch(f"SELECT t::text AS written FROM {table.name} t"):
            written = row["written"].lower()
            found += [f"{table.name}: {needle}" for needle in sought if needle in written]
    return found


async def left_in_redis(redis: Redis, needles: Iterable[str]) -> list[str]:
    """Return keys that hold one of some words or ids, in their name or their value."""
    found = []
    async for key in redis.scan_iter():
        kind = await redis.type(key)
        value = b"".join(
            await redis.zrange(key, 0, -1) if kind == b"zset" else [await redis.get(key) or b""] if kind == b"string" else []
        )
        found += [f"{key!r}: {needle}" for needle in needles if needle.encode() in key + value]
    return found


def left_in_files(folder: Path, needles: Iterable[str]) -> list[str]:
    """Return files that hold one of some words or ids, in their path or their bytes."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{path}: {needle}" for needle in needles if needle in str(path) or needle.encode() in content]
    return found


def left_in_chroma(url: str, needles: Iterable[str]) -> list[str]:
    """Return ids and scopes that are left in any collection."""
    host, port = url.removeprefix("http://").split(":")
    client = HttpClient(host, int(port), settings=ChromaSettings(anonymized_telemetry=False))
    found = []
    for collection in client.list_collections(limit=1000):
        held = collection.get(include=["metadatas"])
        written = f"{held['ids']} {held['metadatas']}"
        found += [f"{collection.name}: {needle}" for needle in needles if needle in written]
    return found
