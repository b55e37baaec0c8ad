"""Health says how Telegram stands with each account's webhook, without asking often and without waiting long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from msgspec import structs

from core.nouns import Account
from core.platforms import PushState
from evals.simulators.serving import LoopbackServer
from evals.simulators.telegram import Bot, TelegramSimulator
from gateway.doorway import Doorway, open_doorway
from gateway.health import check
from gateway.platforms.telegram import setup
from gateway.platforms.telegram.adapter import TelegramPlatform
from gateway.push_watch import judge, tell_age
from storage.accounts import put_account
from tests.gateway.conftest import Gateway
from tests.gateway.platforms.conftest import account_of

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
async def luna(gateway: Gateway, bot: Bot) -> Account:
    account = structs.replace(gateway.telegram, secrets={"token": bot.token, "webhook_secret": "s3cret"})
    async with gateway.house.app.unit(account.agency_id) as unit:
        await put_account(unit, gateway.house.seal, account)
    return account


@pytest.fixture
async def doorway(gateway: Gateway, simulator: TelegramSimulator) -> AsyncIterator[Doorway]:
    async with open_doorway(structs.replace(gateway.settings, telegram_api_url=simulator.base_url), "gateway") as opened:
        yield opened


async def test_a_webhook_that_is_not_set_is_told_and_remembered(
    simulator: TelegramSimulator, luna: Account, doorway: Doorway
) -> None:
    for _ in range(3):
        part = (await check(doorway, luna.agency_id)).parts["telegram/luna"]
        assert part.state == "down"
        assert "muse account switch telegram/luna" in part.detail
    assert len(simulator.calls_of("getWebhookInfo")) == 1
    assert (await check(doorway, luna.agency_id)).state == "degraded"


async def test_a_webhook_that_works_is_ok(luna: Account, doorway: Doorway) -> None:
    platform = doorway.platforms["telegram"]
    assert isinstance(platform, TelegramPlatform)
    await setup.set_webhook(platform, luna, "https://muse.example/webhooks/telegram/luna")
    part = (await check(doorway, luna.agency_id)).parts["telegram/luna"]
    assert (part.state, part.detail) == ("ok", "pushed, 0 updates wait")


async def test_a_platform_that_keeps_silent_holds_nobody_up(gateway: Gateway, luna: Account) -> None:
    """Telegram hangs, and health answers all the same; the pulse is not asked at all."""

    async def hang(request: web.Request) -> web.Response:
        asked.append(request.path)
        await request.content.read()
        await never.wait()
        raise AssertionError

    asked: list[str] = []
    app = web.Application()
    never = asyncio.Event()
    app.router.add_route("*", "/{rest:.*}", hang)
    server = LoopbackServer(app)
    await server.start()
    async with open_doorway(structs.replace(gateway.settings, telegram_api_url=server.base_url), "gateway") as doorway:
        for _ in range(2):
            part = (await check(doorway, luna.agency_id)).parts["telegram/luna"]
            assert (part.state, part.detail) == ("degraded", "telegram has not answered yet")
        assert len(asked) == 1, "the first question is still open"
    await server.stop()


async def test_a_person_reads_it_on_the_page(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    headers = {**gateway.operator, "accept": "text/html"}
    async with http.get(f"{gateway.url}/health", headers=headers) as answer:
        assert "Telegram/luna" in await answer.text()


@pytest.mark.parametrize(
    ("inbound", "push", "state", "words"),
    [
        ("webhook", PushState("https://x", 0), "ok", "pushed, 0 updates wait"),
        ("polling", PushState("", 3), "ok", "polled, 3 updates wait"),
        (
            "polling",
            PushState("https://x", 0),
            "down",
            "nothing can be polled; type: muse account switch telegram/luna --polling",
        ),
        ("webhook", PushState("", 0), "down", "no webhook is set"),
        (
            "webhook",
            PushState("https://x", 7, "Wrong response: 503", NOON - timedelta(minutes=3)),
            "degraded",
            "3 min ago: Wrong",
        ),
        ("webhook", PushState("https://x", 0, "Wrong response: 503", NOON - timedelta(minutes=3)), "ok", "3 min ago"),
        ("webhook", PushState("https://x", 7, "Wrong response: 503", NOON - timedelta(hours=30)), "ok", "1 d ago"),
        ("webhook", PushState("https://x", 7, "Read timeout", NOON + timedelta(hours=1)), "degraded", "0 s ago"),
    ],
)
def test_what_counts_as_trouble(inbound: str, push: PushState, state: str, words: str) -> None:
    judged, detail = judge(structs.replace(account_of("telegram"), inbound=inbound), push, NOON)
    assert judged == state
    assert words in detail


def test_ages_are_read_by_people() -> None:
    ages = [timedelta(seconds=9), timedelta(seconds=90), timedelta(hours=5), timedelta(days=9)]
    assert [tell_age(age) for age in ages] == ["9 s", "1 min", "5 h", "9 d"]
