"""Operators and fans over the API: who is one person, what is known of them, and forgetting them with the page's cookie."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import aiohttp
import pytest

from tests.gateway.conftest import Gateway
from tests.gateway.test_webchat import Visitor
from tests.storage.fans_world import write_in


@pytest.fixture
async def mia(gateway: Gateway, http: aiohttp.ClientSession) -> Visitor:
    visitor = Visitor(gateway, http)
    await visitor.enter()
    assert (await visitor.write("hello")).status == 202
    return visitor


async def call(gateway: Gateway, http: aiohttp.ClientSession, method: str, path: str, body: object = None) -> tuple[int, Any]:
    answer = await http.request(method, f"{gateway.url}/api{path}", json=body, headers=gateway.operator)
    return answer.status, await answer.json()


async def fans(gateway: Gateway, http: aiohttp.ClientSession, mia: Visitor) -> tuple[str, str]:
    """Return the ids of a fan on Telegram and of the same one on the page."""
    there = await write_in(gateway.house, gateway.telegram, "7001", "hi", display_name="Mia")
    status, found = await call(gateway, http, "GET", "/fans?query=mia")
    assert (status, [row["id"] for row in found]) == (200, [str(there.fan)])
    _, found = await call(gateway, http, "GET", f"/fans?query={mia.handle}")
    return str(there.fan), found[0]["id"]


async def test_two_are_linked_shown_and_split(gateway: Gateway, http: aiohttp.ClientSession, mia: Visitor) -> None:
    one, two = await fans(gateway, http, mia)
    order = {"other": two, "evidence": "She showed me both chats."}
    status, made = await call(gateway, http, "POST", f"/fans/{one}/links", order)
    assert (status, made["state"], made["made_by"]) == (200, "confirmed", "ana")
    assert (await call(gateway, http, "POST", f"/fans/{one}/links", order))[0] == 409
    assert (await call(gateway, http, "POST", f"/fans/{one}/links", {**order, "other": one}))[0] == 400
    assert (await call(gateway, http, "POST", f"/fans/{one}/links", {**order, "other": str(uuid.uuid4())}))[0] == 404
    assert (await call(gateway, http, "POST", f"/fans/{one}/links", {**order, "evidence": ""}))[0] == 400
    _, person = await call(gateway, http, "GET", f"/fans/{two}")
    assert {row["id"] for row in person["fans"]} == {one, two}
    assert [link["evidence"] for link in person["links"]] == ["She showed me both chats."]
    assert [link["id"] for link in (await call(gateway, http, "GET", "/links?state=confirmed"))[1]] == [made["id"]]
    assert (await call(gateway, http, "GET", "/links"))[1] == []
    status, ended = await call(gateway, http, "POST", f"/fans/{two}/split")
    assert (status, [link["ended_by"] for link in ended]) == (200, ["ana"])
    assert (await call(gateway, http, "POST", f"/links/{made['id']}/split"))[0] == 409


async def test_facts_are_added_corrected_and_retracted(gateway: Gateway, http: aiohttp.ClientSession, mia: Visitor) -> None:
    one, _ = await fans(gateway, http, mia)
    status, added = await call(gateway, http, "POST", f"/fans/{one}/facts", {"text": "The fan has a dog called Rex."})
    assert (status, added["made_by"], added["influencer"]) == (200, "operator:ana", "luna")
    status, right = await call(
        gateway, http, "POST", f"/facts/{added['id']}/correct", {"text": "The fan has a dog called Max."}
    )
    assert (status, right["text"]) == (200, "The fan has a dog called Max.")
    assert (await call(gateway, http, "POST", f"/facts/{added['id']}/correct", {"text": "The fan has a cat."}))[0] == 409
    status, refused = await call(gateway, http, "POST", f"/facts/{right['id']}/correct", {"text": "The fan is gay."})
    assert (status, "not kept" in refused["detail"]) == (400, True)
    assert (await call(gateway, http, "POST", f"/facts/{right['id']}/retract"))[0] == 200
    _, known = await call(gateway, http, "GET", f"/fans/{one}/facts")
    assert [(row["text"], row["retracted_by"]) for row in known] == [
        ("The fan has a dog called Max.", "operator:ana"),
        ("The fan has a dog called Rex.", None),
    ]
    assert (await call(gateway, http, "POST", f"/fans/{one}/facts", {"text": "Hi.", "influencer": "nobody"}))[0] == 400


async def test_an_export_holds_both_sides_of_a_person(gateway: Gateway, http: aiohttp.ClientSession, mia: Visitor) -> None:
    one, two = await fans(gateway, http, mia)
    await call(gateway, http, "POST", f"/fans/{one}/links", {"other": two, "evidence": "the same order"})
    status, held = await call(gateway, http, "GET", f"/fans/{one}/export")
    assert status == 200
    assert sorted(row["text"] for row in held["messages"]) == ["hello", "hi"]
    assert {row["handle"] for row in held["identities"]} == {"7001", mia.handle}
    assert any("hello" in str(row["body"]) for row in held["events"])
    assert [row["evidence"] for row in held["links"]] == ["the same order"]


async def test_forgetting_ends_the_page_s_cookie_and_its_stream(
    gateway: Gateway, http: aiohttp.ClientSession, mia: Visitor
) -> None:
    _, two = await fans(gateway, http, mia)
    stream = await mia.get("events")
    first = await asyncio.wait_for(stream.content.readany(), 20)
    assert first
    assert (await call(gateway, http, "POST", f"/fans/{two}/forget", {"confirm": str(uuid.uuid4())}))[0] == 400
    assert (await call(gateway, http, "GET", f"/fans/{two}"))[0] == 200
    status, gone = await call(gateway, http, "POST", f"/fans/{two}/forget", {"confirm": two})
    assert (status, gone["conversations"]) == (200, 1)
    await asyncio.wait_for(stream.read(), 20)  # it ends by itself
    stream.close()
    assert (await mia.get("thread")).status == 401
    assert (await mia.write("it is me")).status == 401
    assert not (await (await mia.get("session")).json())["confirmed"]
    assert (await call(gateway, http, "GET", f"/fans/{two}"))[0] == 404
    assert (await call(gateway, http, "GET", f"/fans?query={mia.handle}"))[1] == []
    await mia.enter()  # a new cookie, a new fan
    assert (await mia.write("hello anew")).status == 202
    assert [item["text"] for item in await mia.items()] == ["hello anew"]


async def test_nobody_without_the_token_learns_anything(gateway: Gateway, http: aiohttp.ClientSession, mia: Visitor) -> None:
    one, _ = await fans(gateway, http, mia)
    for method, path in (("GET", "/fans"), ("GET", f"/fans/{one}/export"), ("POST", f"/fans/{one}/forget"), ("GET", "/links")):
        answer = await http.request(method, f"{gateway.url}/api{path}", json={"confirm": one} if method == "POST" else None)
        assert answer.status == 401
