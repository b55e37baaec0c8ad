"""What benches need of the database: a past of a million messages or memories, and when turns began."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from core.ids import new_id
from core.nouns import Conversation
from storage.conversations import load_conversation
from storage.facts import Whose
from storage.queries import Queries
from storage.roles import connect
from storage.unit import Unit

BENCHES = Queries("benches")
HOUR_S = 3600.0
FACT_COLUMNS = (
    "id", "agency_id", "influencer_id", "fan_id", "kind", "subject", "text", "source_message_ids", "importance", "confidence",
    "valid_from", "embedder", "embedding", "indexed_at",
)  # fmt: skip
EPISODE_COLUMNS = (
    "id", "agency_id", "influencer_id", "fan_id", "conversation_id", "message_id", "author", "text", "said_at", "embedder",
    "embedding", "indexed_at",
)  # fmt: skip


class Past:
    """Writes history as the superuser. Keys are right by how the rows are made, so their checks are left out."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        """Write over an open connection; use `open_past`. What memories are added belongs to `agency_id`."""
        self._connection = connection
        self.agency_id = new_id()

    async def add_chats(self, account_id: UUID, numbers: range, owner: str, first_handle: int) -> None:
        """Make a conversation for each number, with a fan whose handle is `first_handle` plus the number."""
        if numbers:
            sql = BENCHES["chats"].sql
            await self._connection.execute(sql, account_id, numbers[0], numbers[-1], owner, first_handle)

    async def add_exchange(self, account_id: UUID, chats: int, hours_ago: int) -> None:
        """Let `chats` conversations that the agent speaks in have said one thing and been answered: two messages each."""
        await self._connection.execute(BENCHES["exchange"].sql, account_id, chats, hours_ago * HOUR_S)

    async def count(self) -> int:
        """Return how many messages are stored."""
        return int(await self._connection.fetchval(BENCHES["stored"].sql))

    async def add_agency(self) -> None:
        """Make the agency that memories belong to."""
        await self._connection.execute(BENCHES["agency"].sql, self.agency_id)

    async def add_facts(self, whose: Sequence[Whose], embedder: str, texts: Sequence[str], vectors: Sequence[bytes]) -> None:
        """Let facts be known of fans, a fan for each, with their vectors: big-endian 16-bit floats."""
        now = datetime.now(UTC)
        rows: list[tuple[Any, ...]] = []
        for of, text, vector in zip(whose, texts, vectors, strict=True):
            said: tuple[Any, ...] = ("like", "bench", text, [], 0.5, 0.8, now)
            rows.append((new_id(), self.agency_id, of.influencer_id, of.fan_id, *said, embedder, vector, now))
        await self._connection.copy_records_to_table("facts", records=rows, columns=FACT_COLUMNS)

    async def add_episodes(
        self, whose: Sequence[Whose], embedder: str, texts: Sequence[str], vectors: Sequence[bytes], *, indexed: bool = True
    ) -> None:
        """Let fans have said things, a fan for each, with their vectors. `indexed`: the job has seen them."""
        now, chat = datetime.now(UTC), new_id()
        seen = now if indexed else None
        rows: list[tuple[Any, ...]] = []
        for of, text, vector in zip(whose, texts, vectors, strict=True):
            said = (chat, new_id(), "fan", text, now)
            rows.append((new_id(), self.agency_id, of.influencer_id, of.fan_id, *said, embedder, vector, seen))
        await self._connection.copy_records_to_table("episodes", records=rows, columns=EPISODE_COLUMNS)

    async def size(self, table: str) -> int:
        """Return the bytes that a table takes on disk, its indexes included."""
        return int(await self._connection.fetchval(BENCHES["size"].sql, table))

    async def settle(self) -> None:
        """Do what a database does by itself in quiet hours: clean up, and look at what it holds."""
        await self._connection.execute("VACUUM ANALYZE")
        await self._connection.execute("CHECKPOINT")


@asynccontextmanager
async def open_past(admin_dsn: str, database: str) -> AsyncIterator[Past]:
    """Open a scratch database for filling. Raises `Unavailable`, `Misconfigured`."""
    connection = await connect(admin_dsn, database)
    try:
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '64MB'")
        await connection.set_type_codec("halfvec", schema="public", encoder=_head, decoder=bytes, format="binary")
        yield Past(connection)
    finally:
        await connection.close()


def _head(vector: bytes) -> bytes:
    return struct.pack(">HH", len(vector) // 2, 0) + vector


async def milliseconds_to_begin(unit: Unit, after: int) -> list[float]:
    """Return how long after their message turns of the agency began to be thought, without the `after` oldest turns.

    From the start of the transaction that stored the last message to the start of the thinking: the way to the database, the
    wake-up, claiming and reading are in it, and the quiet time.
    """
    rows = await unit.connection.fetch(BENCHES["begun"].sql, after)
    return [float(row[0]) for row in rows]


async def add_talk(unit: Unit, account_id: UUID, handle: str, name: str, language: str | None) -> Conversation:
    """Make a fan of that handle and name who talks with an account; return their conversation."""
    chat = await BENCHES["talk"].value(unit, account_id, new_id(), new_id(), handle, name, language)
    return await load_conversation(unit, chat)


async def add_lines(unit: Unit, conversation_id: UUID, lines: Sequence[tuple[UUID, str, str, datetime]]) -> None:
    """Write what was said in a talk, as (id, author, text, time), the oldest first."""
    if lines:
        ids, authors, texts, times = (list(column) for column in zip(*lines, strict=True))
        await BENCHES["lines"].run(unit, conversation_id, ids, authors, texts, times)


class FactSources(Struct, frozen=True):
    """From which messages a fact was taken."""

    id: UUID
    messages: list[UUID]


async def list_fact_sources(unit: Unit, fan_id: UUID) -> list[FactSources]:
    """Return the sources of all facts of a fan."""
    return await BENCHES["fact_sources"].all(unit, FactSources, fan_id)
