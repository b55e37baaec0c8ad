"""Trying a persona out: a conversation by one version, whichever is in force, on a platform that no fan reaches."""

from __future__ import annotations

from uuid import UUID, uuid4

import aiohttp
import pytest

from storage.accounts import find_influencer
from storage.personas import Making, put_version
from tests.conftest import Agency
from tests.gateway.conftest import Gateway
from tests.storage.ledger_steps import claim_turn, gathered


async def renew(gateway: Gateway, **changes: object) -> None:
    """Bring another version of Luna into force."""
    async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
        luna = await find_influencer(unit, "luna")
        await put_version(unit, luna.id, Making({**luna.persona, **changes}, f"with {changes}", "ana"))


async def test_a_preview_speaks_by_its_version_and_says_which(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    await renew(gateway, tagline="new")
    api, agency = f"{gateway.url}/api", Agency(gateway.webchat.agency_id, "demo")
    tried = {}
    for version in (None, 1):
        wish = {"influencer": "luna", "version": version}
        async with http.post(f"{api}/previews", json=wish, headers=gateway.operator) as answer:
            assert answer.status == 201
            begun = await answer.json()
        said = {"key": str(uuid4()), "text": "hi"}
        for fresh in (True, False):
            path = f"{api}/previews/{begun['conversation_id']}/messages"
            async with http.post(path, json=said, headers=gateway.operator) as answer:
                assert (answer.status, await answer.json()) == (202, {"fresh": fresh})
        tried[begun["version"]] = begun["conversation_id"]
    assert set(tried) == {1, 2}
    for version, conversation in tried.items():
        lease = await claim_turn(gateway.house, agency, UUID(conversation), ahead=True)
        assert lease
        turn = await gathered(gateway.house, lease)
        assert turn.influencer.persona_version == version
        assert (turn.influencer.persona["tagline"] == "new") is (version == 2)
        assert (turn.account.platform, [one.text for one in turn.burst]) == ("preview", ["hi"])
        assert turn.fan.adult_confirmed_at is not None


@pytest.mark.parametrize("wish", [{"influencer": "nobody"}, {"influencer": "luna", "version": 9}])
async def test_what_is_not_there_is_not_tried(gateway: Gateway, http: aiohttp.ClientSession, wish: dict[str, object]) -> None:
    async with http.post(f"{gateway.url}/api/previews", json=wish, headers=gateway.operator) as answer:
        assert answer.status == 404
    async with http.post(f"{gateway.url}/api/previews", json={"influencer": "luna"}) as answer:
        assert answer.status == 401


async def test_nobody_writes_into_a_fans_conversation_through_it(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{gateway.url}/api/previews", json={"influencer": "luna"}, headers=gateway.operator) as answer:
        begun = await answer.json()
    async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
        await unit.connection.execute(
            "UPDATE conversations SET account_id = $2 WHERE id = $1", UUID(begun["conversation_id"]), gateway.webchat.id
        )
    path = f"{gateway.url}/api/previews/{begun['conversation_id']}/messages"
    async with http.post(path, json={"key": str(uuid4()), "text": "hi"}, headers=gateway.operator) as answer:
        assert answer.status == 404


async def test_the_door_of_previews_is_shut_from_outside(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{gateway.url}/api/previews", json={"influencer": "luna"}, headers=gateway.operator) as answer:
        assert answer.status == 201
    async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
        luna = await find_influencer(unit, "luna")
    async with http.post(f"{gateway.url}/webhooks/preview/{luna.id.hex}", data=b"{}") as answer:
        assert answer.status == 401
    async with http.get(f"{gateway.url}/chat/{luna.id.hex}/session") as answer:
        assert answer.status == 404
