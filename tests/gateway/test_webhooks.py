"""The platforms' door: what is verified is stored once, what is not leaves no trace."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import aiohttp
import asyncpg
import msgspec
import pytest

from storage.conversations import read_thread
from storage.jobs import QUEUE
from tests.conftest import TestDatabase
from tests.gateway.conftest import SECRET, Gateway

HEADERS = {"x-telegram-bot-api-secret-token": SECRET}


def update(number: int, text: str = "hi", **message: Any) -> bytes:
    """Return a Telegram update as the Bot API posts it."""
    person = {"id": 77, "is_bot": False, "first_name": "Mia"}
    body = {
        "message_id": number,
        "date": 1_777_000_000 + number,
        "chat": {"id": 77, "type": "private"},
        "from": person,
        "text": text,
    }
    return msgspec.json.encode({"update_id": 1000 + number, "message": {**body, **message}})


async def count(database: TestDatabase, table: str) -> int:
    owner = await asyncpg.connect(database.owner)
    number = await owner.fetchval(f"SELECT count(*) FROM {table}")
    await owner.close()
    return int(number)


async def test_a_message_is_stored_before_it_is_acknowledged(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    answer = await http.post(f"{gateway.url}/webhooks/telegram/luna", data=update(1), headers=HEADERS)
    assert answer.status == 200
    assert answer.headers["x-correlation-id"]
    chat = await gateway.chat_of(gateway.telegram, "77")
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        assert [m.text for m in await read_thread(unit, chat.id)] == ["hi"]


async def test_a_webhook_delivered_five_times_at_once_is_one_message(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    """Incident 3."""
    posts = (http.post(f"{gateway.url}/webhooks/telegram/luna", data=update(1), headers=HEADERS) for _ in range(5))
    assert [answer.status for answer in await asyncio.gather(*posts)] == [200] * 5
    assert await count(database, "messages") == 1


async def test_a_question_before_a_payment_wakes_a_worker_at_once(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    """The fan waits for ten seconds only, and the sweep comes by every few."""
    person = {"id": 77, "is_bot": False, "first_name": "Mia"}
    asked = {"id": "q1", "from": person, "currency": "XTR", "total_amount": 500, "invoice_payload": "offer:1"}
    chat = await http.post(f"{gateway.url}/webhooks/telegram/luna", data=update(1), headers=HEADERS)
    assert chat.status == 200
    for _ in range(2):  # redelivered
        body = msgspec.json.encode({"update_id": 2000, "pre_checkout_query": asked})
        assert (await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)).status == 200
    woken = [job.function for job in await gateway.house.redis.queued_jobs(queue_name=QUEUE)]
    assert woken.count("AnswerCheckout") == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("telegram/luna", {}),
        ("telegram/luna", {"x-telegram-bot-api-secret-token": "wrong"}),
        ("telegram/nobody", HEADERS),
        ("myspace/luna", HEADERS),
        ("webchat/luna", HEADERS),
    ],
    ids=["no signature", "wrong signature", "unknown account", "unknown platform", "the page's own account"],
)
async def test_strangers_are_refused_alike_and_leave_no_trace(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase, path: str, headers: dict[str, str]
) -> None:
    answer = await http.post(f"{gateway.url}/webhooks/{path}", data=update(1), headers=headers)
    assert answer.status == 401
    assert "www-authenticate" not in answer.headers
    assert await answer.json() == {"status_code": 401, "detail": "Unknown account or wrong signature."}
    assert await count(database, "raw_events") == 0


async def test_an_unreadable_body_is_kept_and_acknowledged(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    for body in (b"not json", b"\xff\xfe", b"[]", b""):
        answer = await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)
        assert answer.status == 200
    owner = await asyncpg.connect(database.owner)
    kept = {row["body"] for row in await owner.fetch("SELECT body FROM raw_events WHERE state = 'unreadable'")}
    await owner.close()
    assert kept == {b"not json", b"\xff\xfe", b"[]", b""}


async def test_an_oversized_body_is_refused(gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase) -> None:
    body = io.BytesIO(update(1, "x" * (gateway.settings.webhook_max_bytes + 1)))
    answer = await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)
    assert answer.status == 413
    assert await count(database, "raw_events") == 0


@pytest.mark.parametrize(
    "text", ["", "\x00", "a" * 100_000, "👩‍👩‍👧‍👦‮\ud83d", "ﷺ" * 5000], ids=["empty", "nul", "huge", "broken", "wide"]
)
async def test_no_text_brings_the_door_down(gateway: Gateway, http: aiohttp.ClientSession, text: str) -> None:
    body = update(1, "@@").replace(
        b'"@@"', msgspec.json.encode(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    )
    answer = await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)
    assert answer.status == 200


async def test_unknown_kinds_of_update_are_kept_and_ignored(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    body = msgspec.json.encode({"update_id": 5, "from_the_future": {"id": 1}})
    assert (await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)).status == 200
    assert (await count(database, "raw_events"), await count(database, "messages")) == (1, 0)


async def test_another_bot_is_not_answered(gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase) -> None:
    """Incident 10: two bots talked to each other for ever."""
    body = update(1, **{"from": {"id": 77, "is_bot": True, "first_name": "Bot"}})
    assert (await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)).status == 200
    assert (await count(database, "raw_events"), await count(database, "messages")) == (1, 0)


async def test_without_postgres_the_platform_is_asked_to_come_again(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    admin = await asyncpg.connect(database.admin)
    await admin.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS false')
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database.name)
    answer = await http.post(f"{gateway.url}/webhooks/telegram/luna", data=update(1), headers=HEADERS)
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (503, True)
    await admin.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS true')
    await admin.close()
    assert (await http.post(f"{gateway.url}/webhooks/telegram/luna", data=update(1), headers=HEADERS)).status == 200
    assert await count(database, "messages") == 1
