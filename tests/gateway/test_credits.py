"""The top-up webhook: what is signed is booked once, and whatever is wrong looks alike from outside."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec
import pytest

from evals.simulators.http.signing import sign
from gateway.platforms.http.signatures import new_secret
from storage import credits
from tests.gateway.conftest import Gateway

SECRET = new_secret()


@pytest.fixture
async def shop(gateway: Gateway) -> Gateway:
    """The agency's shop signs with a key that the gateway knows."""
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await credits.renew_secret(unit, gateway.house.seal, SECRET)
    return gateway


def sold(amount: Any, kind: str = "credits.topped_up", **more: Any) -> bytes:
    return msgspec.json.encode({"type": kind, "timestamp": "2026-09-01T12:00:00Z", "data": {"amount": amount, **more}})


async def tell(
    shop: Gateway, body: bytes, webhook_id: str = "msg_1", key: str = SECRET, agency: str = "demo"
) -> tuple[int, Any]:
    headers = sign([key], webhook_id, body)
    address = f"{shop.url}/credits/{agency}/top-ups"
    async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def left(shop: Gateway) -> int | None:
    async with shop.house.app.unit(shop.telegram.agency_id) as unit:
        return (await credits.agency_balance(unit)).available


async def test_a_sale_is_booked_once_however_often_it_is_told(shop: Gateway) -> None:
    body = sold(500, note="order 42")
    first = await tell(shop, body)
    assert first == (200, {"ok": True, "booked": True})
    answers = await asyncio.gather(*(tell(shop, body) for _ in range(6)))
    assert answers == [(200, {"ok": True, "booked": False})] * 6
    await asyncio.gather(*(tell(shop, sold(1), f"msg_{n}") for n in range(2, 12)))
    assert await left(shop) == 510


async def test_whatever_is_not_proven_is_refused_alike(shop: Gateway) -> None:
    body = sold(500)
    refused = [
        await tell(shop, body, key=new_secret()),
        await tell(shop, body, agency="nobody"),
        await tell(shop, body, agency="muse"),
    ]
    async with aiohttp.ClientSession() as session:
        old = sign([SECRET], "msg_2", body, at=1_700_000_000)
        for headers, sent in ((old, body), (sign([SECRET], "msg_3", body), body + b" "), ({}, body)):
            async with session.post(f"{shop.url}/credits/demo/top-ups", data=sent, headers=headers) as answer:
                refused.append((answer.status, await answer.json()))
    assert refused == [(401, {"status_code": 401, "detail": "Unknown agency or wrong signature."})] * 6
    assert await left(shop) is None


async def test_an_agency_without_a_key_takes_nothing(gateway: Gateway) -> None:
    assert (await tell(gateway, sold(500)))[0] == 401


async def test_what_makes_no_sense_is_refused_and_other_types_are_let_pass(shop: Gateway) -> None:
    for body in (sold(0), sold(-5), sold("many"), sold(1.5), sold(10**12), sold(5, note="x" * 501), b"not json", b"[]"):
        assert (await tell(shop, body, f"msg_{len(body)}"))[0] == 400
    assert await tell(shop, sold(5, "shop.opened"), "msg_9") == (200, {"ok": True, "booked": False})
    assert await left(shop) is None
