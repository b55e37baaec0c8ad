"""A past that benches write looks like one that was lived: messages answered, sent and read by the same queries."""

from __future__ import annotations

from datetime import timedelta

from cli.stack.servers import Servers
from core.clock import SystemClock
from core.nouns import Account
from storage.benches import milliseconds_to_begin, open_past
from storage.conversations import list_inbox, read_thread
from storage.house import House
from storage.leases import claim_turns
from storage.sweep import open_deliveries
from tests.conftest import TestDatabase


async def test_a_past_is_answered_sent_and_in_order(
    account: Account, house: House, database: TestDatabase, servers: Servers
) -> None:
    async with open_past(servers.postgres_admin_dsn, database.name) as past:
        before = await past.count()
        await past.add_chats(account.id, range(3), "agent", 900_000_000)
        await past.add_chats(account.id, range(2), "paused", 100_000_000)
        await past.add_chats(account.id, range(0), "agent", 1)
        for hours_ago in (3, 2, 1):
            await past.add_exchange(account.id, 3, hours_ago)
        assert await past.count() == before + 3 * 3 * 2
        await past.settle()
    async with house.app.unit(account.agency_id) as unit:
        rows = {row.handle: row for row in await list_inbox(unit)}
        assert {rows[f"90000000{n}"].owner for n in range(3)} == {"agent"}
        assert {rows[f"10000000{n}"].owner for n in range(2)} == {"paused"}
        chat = rows["900000001"]
        thread = await read_thread(unit, chat.id)
        assert await milliseconds_to_begin(unit, 0) == [-14.9] * 9, "a past turn began with its message"
    assert [item.direction for item in thread] == ["in", "out"] * 3
    assert [item.sent_at for item in thread] == sorted(item.sent_at for item in thread)
    assert SystemClock().now() - thread[0].sent_at > timedelta(hours=2)
    assert {item.delivery_state for item in thread if item.direction == "out"} == {"sent"}
    assert (chat.unanswered, chat.held) == (0, 0)
    assert (await claim_turns(house.app, "w", 30, 10, 10)).leases == []
    assert await open_deliveries(house.sweep) == []
