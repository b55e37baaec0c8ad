"""Reading events again: what an adapter could not read before it was mended is taken once, and nothing is taken twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
import asyncpg
import msgspec
import pytest

from core.errors import BadInput
from core.inbound import AnyInbound
from core.nouns import Account
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import put_operator
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.gateway.test_events import PAID
from tests.gateway.test_operators import Desk
from tests.gateway.test_webhooks import HEADERS, count, update


class Adapter:
    """Telegram's adapter as it was before somebody mended it, until `mended`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mended = False
        reads = TelegramPlatform.parse

        def parse(platform: TelegramPlatform, account: Account, raw: bytes) -> Sequence[AnyInbound]:
            if not self.mended:
                raise BadInput("What a new shape!")
            return reads(platform, account, raw)

        monkeypatch.setattr(TelegramPlatform, "parse", parse)


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> Adapter:
    return Adapter(monkeypatch)


@pytest.fixture
def desk(gateway: Gateway, http: aiohttp.ClientSession) -> Desk:
    return Desk(gateway, http)


async def bring(gateway: Gateway, http: aiohttp.ClientSession, *bodies: bytes) -> None:
    for body in bodies:
        assert (await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)).status == 200


async def ids(desk: Desk, state: str) -> list[str]:
    return [row["id"] for row in await (await desk.get(f"/api/events?state={state}")).json()]


async def outcomes(desk: Desk, **order: object) -> list[str]:
    answer = await desk.post("/api/events/replay", order)
    assert answer.status == 200
    return [row["outcome"] for row in await answer.json()]


async def test_a_mended_adapter_takes_what_it_could_not_read(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, database: TestDatabase, adapter: Adapter
) -> None:
    await bring(gateway, http, update(1, "hi"), update(2, "there"))
    before = await (await desk.get("/api/events")).json()
    assert await outcomes(desk) == ["unreadable", "unreadable"]
    adapter.mended = True
    assert await outcomes(desk) == ["taken", "taken"]
    assert await outcomes(desk) == [], "nothing is left to read"
    taken = await (await desk.get("/api/events?state=taken")).json()
    assert [(r["id"], r["received_at"]) for r in taken] == [(r["id"], r["received_at"]) for r in before]
    assert await count(database, "messages") == 2
    chat = await gateway.chat_of(gateway.telegram, "77")
    owner = await asyncpg.connect(database.owner)
    assert await owner.fetchval("SELECT due_at IS NOT NULL FROM conversations WHERE id = $1", chat.id)
    await owner.close()


async def test_what_the_platform_sent_again_meanwhile_is_not_taken_twice(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, database: TestDatabase, adapter: Adapter
) -> None:
    await bring(gateway, http, update(1))
    adapter.mended = True
    await bring(gateway, http, update(1))
    assert await outcomes(desk) == ["known"]
    assert await count(database, "messages") == 1
    assert await ids(desk, "unreadable") == []


async def test_what_was_taken_stays_as_it_is(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, database: TestDatabase
) -> None:
    await bring(gateway, http, update(1))
    (event,) = await ids(desk, "taken")
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE conversations SET due_at = NULL")
    answer = await (await desk.post(f"/api/events/{event}/replay")).json()
    assert answer == {"id": event, "outcome": "known", "messages": 0}
    assert await owner.fetchval("SELECT due_at FROM conversations") is None, "no second turn"
    await owner.close()
    assert await count(database, "messages") == 1


async def test_two_operators_at_once_take_it_once(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, database: TestDatabase, adapter: Adapter
) -> None:
    await bring(gateway, http, update(1))
    (event,) = await ids(desk, "unreadable")
    adapter.mended = True
    answers = await asyncio.gather(*(desk.post(f"/api/events/{event}/replay") for _ in range(4)))
    found = sorted([(await answer.json()).get("outcome", answer.status) for answer in answers], key=str)
    assert found.count("taken") == 1
    assert set(found) <= {"taken", "known"}
    assert await count(database, "messages") == 1


async def test_an_unmatched_purchase_stays_one_until_there_is_an_offer(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk
) -> None:
    await bring(gateway, http, PAID)
    assert await outcomes(desk) == ["unmatched"]
    assert await outcomes(desk, states=["unmatched"], since="2999-01-01T00:00:00Z") == []
    (event,) = await ids(desk, "unmatched")
    assert await outcomes(desk, after=event) == []


async def test_an_ignored_event_can_come_to_mean_something(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = msgspec.json.encode({"update_id": 5, "from_the_future": {"id": 1}})
    await bring(gateway, http, unknown)
    assert await outcomes(desk, states=["ignored"]) == ["ignored"]
    monkeypatch.setattr(
        TelegramPlatform,
        "parse",
        lambda platform, account, raw, reads=TelegramPlatform.parse: reads(platform, account, update(-995)),
    )
    assert await outcomes(desk, states=["ignored"]) == ["taken"]


async def test_a_body_that_is_gone_cannot_be_read(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, database: TestDatabase
) -> None:
    await bring(gateway, http, b"no json")
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE raw_events SET body = NULL")
    await owner.close()
    (row,) = await (await desk.get("/api/events")).json()
    assert row["bytes"] == 0
    assert (await (await desk.get(f"/api/events/{row['id']}")).json())["body"] is None
    assert await outcomes(desk) == ["gone"]


async def test_orders_that_make_no_sense_and_strangers_change_nothing(
    gateway: Gateway, http: aiohttp.ClientSession, desk: Desk, database: TestDatabase
) -> None:
    await bring(gateway, http, b"no json")
    (event,) = await ids(desk, "unreadable")
    for order in ({"states": ["taken"]}, {"limit": 0}, {"limit": 101}, {"since": "yesterday"}, {"state": "ignored"}):
        assert (await desk.post("/api/events/replay", order)).status == 400
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "token-of-eve")
    desk.headers = {"authorization": "Bearer token-of-eve"}
    assert (await desk.post(f"/api/events/{event}/replay")).status == 404
    assert await outcomes(desk) == []
