"""What nobody could read or match: operators see it, counted and as it came, and the log says it at once."""

from __future__ import annotations

import base64

import aiohttp
import msgspec
import pytest
from structlog.testing import capture_logs

from storage.accounts import put_operator
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.gateway.test_operators import Desk
from tests.gateway.test_webhooks import HEADERS, update

PAID = msgspec.json.encode(
    {
        "update_id": 9,
        "purchased_paid_media": {"from": {"id": 77, "is_bot": False, "first_name": "Mia"}, "paid_media_payload": "?"},
    }
)


@pytest.fixture
def desk(gateway: Gateway, http: aiohttp.ClientSession) -> Desk:
    return Desk(gateway, http)


@pytest.fixture
async def trouble(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    """A message, a body that makes no sense, and a purchase of nothing that was offered."""
    for body in (update(1), b"not \xff json", PAID):
        assert (await http.post(f"{gateway.url}/webhooks/telegram/luna", data=body, headers=HEADERS)).status == 200


@pytest.mark.usefixtures("trouble")
async def test_operators_see_what_needs_a_person_as_it_came(desk: Desk) -> None:
    rows = await (await desk.get("/api/events")).json()
    assert [(row["state"], row["platform"], row["account"]) for row in rows] == [
        ("unmatched", "telegram", "luna"),
        ("unreadable", "telegram", "luna"),
    ]
    assert all("body" not in row for row in rows)
    bodies = [(await (await desk.get(f"/api/events/{row['id']}")).json())["body"] for row in rows]
    assert [base64.b64decode(body) for body in bodies] == [PAID, b"not \xff json"]
    only = await (await desk.get("/api/events?state=unreadable&state=taken")).json()
    assert sorted(row["state"] for row in only) == ["taken", "unreadable"]
    assert (await desk.get("/api/events?state=lost")).status == 400


@pytest.mark.usefixtures("trouble")
async def test_they_are_counted(desk: Desk) -> None:
    found = await (await desk.get("/health")).json()
    assert found["parts"]["events"]["detail"] == "1 unreadable, 1 unmatched in the last 7 days"
    shown = await (await desk.get("/metrics")).text()
    assert 'muse_unclear_events{state="unreadable"} 1.0' in shown
    assert 'muse_unclear_events{state="unmatched"} 1.0' in shown


@pytest.mark.usefixtures("trouble")
async def test_another_agency_sees_none_of_it(gateway: Gateway, desk: Desk, database: TestDatabase) -> None:
    (row, _) = await (await desk.get("/api/events")).json()
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "token-of-eve")
    desk.headers = {"authorization": "Bearer token-of-eve"}
    assert await (await desk.get("/api/events")).json() == []
    assert (await desk.get(f"/api/events/{row['id']}")).status == 404
    assert (await (await desk.get("/health")).json())["parts"]["events"]["detail"].startswith("0 unreadable, 0 unmatched")


async def test_a_fan_who_paid_for_nothing_is_in_the_log_once(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    with capture_logs() as lines:
        for _ in range(2):
            await http.post(f"{gateway.url}/webhooks/telegram/luna", data=PAID, headers=HEADERS)
    (line,) = [line for line in lines if line["event"] == "purchase_unmatched"]
    assert line["log_level"] == "warning"
    assert "muse events list" in line["detail"]
    assert "Mia" not in str(line)
