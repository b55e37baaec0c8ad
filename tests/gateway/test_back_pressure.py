"""Back-pressure: when Postgres is slow, stands still or is away, the platform is asked to come again, and nothing is half done.

Whoever was acknowledged is stored; whoever was refused sends again and is stored once.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
import pytest

from gateway import ingress
from tests.conftest import TestDatabase
from tests.gateway.conftest import Gateway
from tests.gateway.test_webhooks import HEADERS, update

FANS, MESSAGES = 10, 200


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway gives up within a moment, so that the tests need not wait."""
    monkeypatch.setattr(ingress, "QUEUE_S", 0.5)
    monkeypatch.setattr(ingress, "FLUSH_S", 0.5)
    monkeypatch.setattr(ingress, "LOOK_S", 0.05)


@asynccontextmanager
async def as_owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    owner = await asyncpg.connect(database.owner)
    try:
        yield owner
    finally:
        await owner.close()


def said(number: int) -> bytes:
    fan = 100 + number % FANS
    return update(number, f"number {number}", **{"from": {"id": fan, "is_bot": False}, "chat": {"id": fan, "type": "private"}})


async def post(gateway: Gateway, http: aiohttp.ClientSession, number: int) -> int:
    async with http.post(f"{gateway.url}/webhooks/telegram/luna", data=said(number), headers=HEADERS) as answer:
        if answer.status == 503:
            assert int(answer.headers["retry-after"]) > 0
            assert (await answer.json())["status_code"] == 503
        return answer.status


async def load(gateway: Gateway, http: aiohttp.ClientSession, numbers: range) -> dict[int, int]:
    """Send many at once; return each one's status."""
    statuses = await asyncio.gather(*(post(gateway, http, number) for number in numbers))
    return dict(zip(numbers, statuses, strict=True))


async def insist(gateway: Gateway, http: aiohttp.ClientSession, numbers: range) -> None:
    """Send, and send again what is refused, as a platform does."""
    async with asyncio.timeout(60):
        refused = list(numbers)
        while refused:
            statuses = await asyncio.gather(*(post(gateway, http, number) for number in refused))
            assert set(statuses) <= {200, 503}
            refused = [number for number, status in zip(refused, statuses, strict=True) if status == 503]


async def texts(owner: asyncpg.Connection) -> Counter[str]:
    return Counter(row["text"] for row in await owner.fetch("SELECT text FROM messages"))


async def check(gateway: Gateway, http: aiohttp.ClientSession, owner: asyncpg.Connection, answered: dict[int, int]) -> None:
    """Find all who were acknowledged; then let everything be sent again, and find it once and whole."""
    stored = await texts(owner)
    assert all(stored[f"number {number}"] == 1 for number, status in answered.items() if status == 200)
    await insist(gateway, http, range(MESSAGES))
    assert await texts(owner) == {f"number {number}": 1 for number in range(MESSAGES)}
    whole = "SELECT count(*) FROM raw_events WHERE conversation_id IS NOT NULL AND state = 'taken'"
    assert await owner.fetchval(whole) == MESSAGES
    assert await owner.fetchval("SELECT count(*) FROM conversations WHERE due_at IS NOT NULL") == FANS


async def test_a_table_that_is_locked_for_a_while(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    async with as_owner(database) as owner:
        await insist(gateway, http, range(FANS))
        locked = owner.transaction()
        await locked.start()
        await owner.execute("LOCK TABLE messages IN EXCLUSIVE MODE")
        answered = await load(gateway, http, range(FANS, MESSAGES))
        await locked.rollback()
        assert set(answered.values()) == {503}
        await check(gateway, http, owner, answered)


async def test_a_conversation_that_is_locked_holds_up_nobody_else(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with as_owner(database) as owner:
        await insist(gateway, http, range(FANS))
        monkeypatch.setattr(ingress, "FLUSH_S", 20.0)
        monkeypatch.setattr(ingress, "QUEUE_S", 20.0)
        locked = owner.transaction()
        await locked.start()
        await owner.execute("SELECT FROM conversations WHERE platform_key = '100' FOR UPDATE")
        waits = asyncio.create_task(load(gateway, http, range(FANS, 3 * FANS, FANS)))  # two messages of fan 100
        await asyncio.sleep(0)
        others = [number for number in range(FANS, 3 * FANS) if number % FANS]
        assert [await post(gateway, http, number) for number in others] == [200] * len(others)
        assert not waits.done()
        await locked.rollback()
        answered = {**await waits, **dict.fromkeys(others, 200)}
        assert set(answered.values()) == {200}
        await check(gateway, http, owner, answered)


async def backends(owner: asyncpg.Connection) -> list[int]:
    """Return the server processes that write for the gateway."""
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'muse gateway' AND datname = current_database()"
    rows = await owner.fetch(query)
    return [row["pid"] for row in rows]


async def test_backends_that_stand_still_in_the_middle_of_a_load(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    async with as_owner(database) as owner:
        loading = asyncio.create_task(load(gateway, http, range(MESSAGES)))
        await asyncio.sleep(0)
        while not (pids := await backends(owner)):  # noqa: ASYNC110 — Postgres has no event for it
            await asyncio.sleep(0.01)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            answered = await loading
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        await check(gateway, http, owner, answered)


async def test_backends_that_die_in_the_middle_of_a_load(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    async with as_owner(database) as owner:
        loading = asyncio.create_task(load(gateway, http, range(MESSAGES)))
        for _ in range(10):
            await asyncio.sleep(0.01)
            for pid in await backends(owner):
                os.kill(pid, signal.SIGTERM)
        answered = await loading
        assert set(answered.values()) <= {200, 503}
        await check(gateway, http, owner, answered)
