"""The one writer: requests share commits, and what is not stored is not acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from msgspec import structs

from core.errors import Unavailable
from core.ids import new_id
from core.nouns import Account
from gateway.ingress import WAITING_AT_MOST, Ingress
from storage.house import House
from storage.ingress import Arrival
from tests.conftest import Agency, TestDatabase
from tests.storage.world import make_account, message


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    return await make_account(house, agency.id)


def arrival(account: Account, number: int, text: str = "hi") -> Arrival:
    return Arrival(account, message(text, number, handle=str(number % 7)), b"{}", f"corr-{number}", 0.0, 0.0)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[Ingress]:
    ingress = Ingress(house)
    task = asyncio.create_task(ingress.run())
    try:
        yield ingress
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await ingress.close()


async def committed(database: TestDatabase) -> tuple[int, int]:
    """Count raw events and the transactions that wrote them."""
    owner = await asyncpg.connect(database.owner)
    row = await owner.fetchrow("SELECT count(*), count(DISTINCT xmin::text) FROM raw_events")
    await owner.close()
    assert row
    return row[0], row[1]


async def test_concurrent_requests_share_commits(house: House, account: Account, database: TestDatabase) -> None:
    async with running(house) as ingress:
        answers = await asyncio.gather(*(ingress.take([arrival(account, n)]) for n in range(200)))
    assert all(answer[0].fresh for answer in answers)
    events, commits = await committed(database)
    assert events == 200
    assert commits < 20


async def test_each_request_gets_its_own_answers(house: House, account: Account) -> None:
    async with running(house) as ingress:
        await ingress.take([arrival(account, 1)])
        mixed = await asyncio.gather(
            ingress.take([arrival(account, 1), arrival(account, 2)]), ingress.take([arrival(account, 3)]), ingress.take([])
        )
    assert [[one.fresh for one in answer] for answer in mixed] == [[False, True], [True], []]


async def test_a_bad_event_does_not_sink_its_neighbours(house: House, account: Account, database: TestDatabase) -> None:
    stranger = structs.replace(account, id=new_id())  # no such account: its statement fails
    async with running(house) as ingress:
        good, bad = await asyncio.gather(
            ingress.take([arrival(account, 1)]), ingress.take([arrival(stranger, 2)]), return_exceptions=True
        )
    assert isinstance(good, list)
    assert isinstance(bad, Exception)
    assert await committed(database) == (1, 1)


async def test_the_order_within_a_chat_is_kept(house: House, account: Account, database: TestDatabase) -> None:
    """What follows in a chat that is being written waits for it, also when others go on."""
    owner = await asyncpg.connect(database.owner)
    async with running(house) as ingress, asyncio.timeout(60):
        await ingress.take([arrival(account, 7)])
        locked = owner.transaction()
        await locked.start()
        await owner.execute("SELECT FROM conversations FOR UPDATE")
        first = ingress.put([arrival(account, 14)])  # of the same fan, who is 0
        await asyncio.sleep(0)
        second, others = ingress.put([arrival(account, 21)]), ingress.put([arrival(account, 1)])
        assert (await others)[0].fresh
        assert not first.done()
        assert not second.done()
        await locked.rollback()
        assert [(await answer)[0].fresh for answer in (first, second)] == [True, True]
    rows = await owner.fetch("SELECT platform_message_id, xmin::text FROM messages ORDER BY received_at")
    await owner.close()
    assert [row["platform_message_id"] for row in rows if row["platform_message_id"] != "1"] == ["7", "14", "21"]
    assert len({row["xmin"] for row in rows}) == 4


async def test_without_postgres_nothing_is_acknowledged(house: House, account: Account, database: TestDatabase) -> None:
    async with running(house) as ingress:
        admin = await asyncpg.connect(database.admin)
        await admin.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS false')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database.name)
        with pytest.raises(Unavailable):
            await ingress.take([arrival(account, 1)])
        await admin.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS true')
        await admin.close()
        (again,) = await ingress.take([arrival(account, 1)])
    assert again.fresh


async def test_a_full_house_says_so_at_once(house: House, account: Account) -> None:
    ingress = Ingress(house)  # nobody writes
    waiting = [asyncio.create_task(ingress.take([arrival(account, n)])) for n in range(WAITING_AT_MOST)]
    await asyncio.sleep(0.5)
    with pytest.raises(Unavailable) as refused:
        await ingress.take([arrival(account, 1)])
    assert refused.value.retry_after
    await ingress.close()
    assert all(isinstance(answer, Unavailable) for answer in await asyncio.gather(*waiting, return_exceptions=True))


async def test_what_waits_when_the_house_closes_is_refused(house: House, account: Account, database: TestDatabase) -> None:
    ingress = Ingress(house)
    asked = asyncio.create_task(ingress.take([arrival(account, 1)]))
    await asyncio.sleep(0)
    writer = asyncio.create_task(ingress.run())
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    await ingress.close()
    with pytest.raises(Unavailable):
        await asked
    assert await committed(database) == (0, 0)
