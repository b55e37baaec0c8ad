"""How freely an agent speaks is set by its operator, below what the platform allows."""

from __future__ import annotations

import aiohttp
import pytest
from msgspec import structs

from core.ids import new_id
from core.platform_policy import AUTONOMIES, effective_autonomy
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import find_account, put_operator
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.gateway.test_operators import Desk


@pytest.fixture
def desk(gateway: Gateway, http: aiohttp.ClientSession) -> Desk:
    return Desk(gateway, http)


@pytest.fixture
def strict_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform whose rules want every reply approved."""
    monkeypatch.setattr(TelegramPlatform, "policy", structs.replace(TelegramPlatform.policy, autonomy_ceiling="approve"))


@pytest.mark.parametrize("stricter", AUTONOMIES)
@pytest.mark.parametrize("freer", AUTONOMIES)
def test_the_stricter_one_is_in_force(stricter: str, freer: str) -> None:
    expected = ("auto", "risk", "approve", "off")[max(AUTONOMIES.index(stricter), AUTONOMIES.index(freer))]
    assert effective_autonomy(stricter, freer) == effective_autonomy(freer, stricter) == expected


async def test_accounts_are_listed_without_secrets(gateway: Gateway, desk: Desk) -> None:
    answer = await desk.get("/api/accounts")
    rows = await answer.json()
    assert [(r["platform"], r["key"], r["influencer"], r["autonomy"], r["ceiling"], r["in_force"]) for r in rows] == [
        ("telegram", "luna", "luna", "auto", "auto", "auto"),
        ("webchat", "luna", "luna", "auto", "auto", "auto"),
    ]
    assert "webhook-secret" not in await answer.text()


async def test_what_is_set_stays_and_the_rest_is_left(gateway: Gateway, desk: Desk) -> None:
    where = f"/api/accounts/{gateway.telegram.id}"
    answer = await desk.post(where, {"autonomy": "approve", "quiet_s": 3})
    assert (answer.status, (await answer.json())["in_force"]) == (200, "approve")
    assert (await desk.post(where, {"sandbox": False})).status == 200
    stored = await find_account(gateway.house.app, gateway.house.seal, "telegram", "luna")
    assert (stored.autonomy, stored.sandbox, stored.quiet_s) == ("approve", False, 3.0)
    assert stored.secrets == gateway.telegram.secrets
    assert (await (await desk.post(where, {"quiet_s": None})).json())["quiet_s"] is None


async def test_naming_owners_closes_connections_that_were_made_before(gateway: Gateway, desk: Desk) -> None:
    where, enabled = f"/api/accounts/{gateway.telegram.id}", "SELECT enabled FROM connections"
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await unit.connection.execute(
            "INSERT INTO connections VALUES ($1, current_agency(), 'c1', '600001', true, true, now())", gateway.telegram.id
        )
    for named, open_ in ((["600002"], False), (["600001"], True), (["600002"], False), ([], True)):
        assert (await desk.post(where, {"business_owners": named})).status == 200
        async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
            assert await unit.connection.fetchval(enabled) is open_


@pytest.mark.usefixtures("strict_telegram")
async def test_nobody_sets_more_than_the_platform_allows(gateway: Gateway, desk: Desk) -> None:
    where = f"/api/accounts/{gateway.telegram.id}"
    for more in ("auto", "risk"):
        answer = await desk.post(where, {"autonomy": more})
        assert (answer.status, (await answer.json())["detail"]) == (
            409, f"telegram allows no more autonomy than 'approve'; '{more}' is more.",
        )  # fmt: skip
    (telegram, _) = await (await desk.get("/api/accounts")).json()
    assert (telegram["autonomy"], telegram["in_force"]) == ("auto", "approve"), "what was set before is capped all the same"
    assert (await desk.post(where, {"quiet_s": 2})).status == 200, "the rest can be set meanwhile"
    for allowed in ("approve", "off"):
        assert (await desk.post(where, {"autonomy": allowed})).status == 200


async def test_what_makes_no_sense_changes_nothing(gateway: Gateway, desk: Desk) -> None:
    where = f"/api/accounts/{gateway.telegram.id}"
    for body in ({"autonomy": "free"}, {"autonomy": None}, {"quiet_s": -1}, {"quiet_s": 1e9}, {"sandbox": "maybe"}, []):
        assert (await desk.post(where, body)).status == 400
    assert (await desk.post(f"/api/accounts/{new_id()}", {"autonomy": "off"})).status == 404


async def test_another_agencys_accounts_are_not_there(gateway: Gateway, desk: Desk, database: TestDatabase) -> None:
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "token-of-eve")
    desk.headers = {"authorization": "Bearer token-of-eve"}
    assert await (await desk.get("/api/accounts")).json() == []
    assert (await desk.post(f"/api/accounts/{gateway.telegram.id}", {"autonomy": "off"})).status == 404
