"""Polling handed over to a webhook and back, and one listener to the next: no update is lost, and none is taken twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from msgspec import structs

from cli.accounts.telegram import switch_telegram
from core.clock import SystemClock
from core.errors import NotFound
from core.ids import new_id
from core.nouns import Account
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.doorway import Doorway, open_doorway
from gateway.listen import Listener
from gateway.platforms.telegram import setup
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import find_account, poll_cursor, put_account, set_poll_cursor
from storage.conversations import conversation_of, read_thread
from tests.gateway.conftest import Gateway


@pytest.fixture
def fan(simulator: TelegramSimulator, bot: Bot) -> TelegramUser:
    user = simulator.add_user("Mia")
    user.start(bot)
    return user


@pytest.fixture
async def adapter(simulator: TelegramSimulator, gateway: Gateway) -> AsyncIterator[TelegramPlatform]:
    opened = TelegramPlatform(simulator.base_url, gateway.house.blobs, SystemClock())
    yield opened
    await opened.close()


@pytest.fixture
async def luna(gateway: Gateway, bot: Bot) -> Account:
    """Luna's account with the simulated bot, polled."""
    account = structs.replace(gateway.telegram, inbound="polling", secrets={"token": bot.token})
    async with gateway.house.app.unit(account.agency_id) as unit:
        await put_account(unit, gateway.house.seal, account)
    return account


@asynccontextmanager
async def listening(gateway: Gateway, simulator: TelegramSimulator) -> AsyncIterator[tuple[Listener, Doorway]]:
    settings = structs.replace(gateway.settings, telegram_api_url=simulator.base_url)
    async with open_doorway(settings, "listen") as doorway:
        listener = Listener(doorway, renew_s=0.05)
        task = asyncio.create_task(listener.run())
        try:
            yield listener, doorway
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def read(gateway: Gateway, account: Account, fan: TelegramUser, count: int) -> list[str]:
    """Wait until the fan's chat holds a number of messages."""
    async with asyncio.timeout(40):
        while True:
            async with gateway.house.app.unit(account.agency_id) as unit:
                chat = await conversation_of(unit, account.id, str(fan.id))
                said = [m.text for m in await read_thread(unit, chat.id)] if chat else []
            if len(said) >= count:
                return said
            await asyncio.sleep(0.05)


async def until(listener: Listener, polling: bool) -> None:
    """Wait until a listener polls, or polls no more."""
    async with asyncio.timeout(20):
        while bool(listener.polling) is not polling:  # noqa: ASYNC110 — it tells nobody
            await asyncio.sleep(0.02)


async def test_a_bot_goes_from_polling_to_a_webhook_and_back(
    gateway: Gateway, simulator: TelegramSimulator, bot: Bot, fan: TelegramUser, luna: Account, adapter: TelegramPlatform
) -> None:
    said = ["/start"]

    def talk(what: str) -> None:
        for number in range(5):
            said.append(f"{what} {number}")
            fan.send_text(bot, said[-1])

    async with listening(gateway, simulator) as (listener, _):
        await read(gateway, luna, fan, 1)
        talk("polled")
        connected = await switch_telegram(gateway.house, adapter, luna.agency_id, "luna", gateway.url)
        assert connected.url == f"{gateway.url}/webhooks/telegram/luna"
        talk("pushed")
        assert await read(gateway, luna, fan, 11) == said
        await bot.feed.drained(20)
        talk("held")
        await switch_telegram(gateway.house, adapter, luna.agency_id, "luna", None)
        talk("polled again")
        assert await read(gateway, luna, fan, 21) == said
        await until(listener, True)
    stored = await find_account(gateway.house.app, gateway.house.seal, "telegram", "luna")
    assert (stored.id, stored.inbound, bot.feed.webhook) == (luna.id, "polling", None)


async def test_a_switch_that_was_killed_half_way_is_made_again(
    gateway: Gateway, simulator: TelegramSimulator, bot: Bot, fan: TelegramUser, luna: Account, adapter: TelegramPlatform
) -> None:
    """Killed after Telegram's yes and before ours, the events already come the new way; the same command sets the row right."""
    secret = structs.replace(luna, secrets={**luna.secrets, "webhook_secret": "s3cret"})
    async with gateway.house.app.unit(luna.agency_id) as unit:
        await put_account(unit, gateway.house.seal, secret)
    async with listening(gateway, simulator):
        await read(gateway, luna, fan, 1)
        await setup.set_webhook(adapter, secret, f"{gateway.url}/webhooks/telegram/luna")
        fan.send_text(bot, "in between")
        assert await read(gateway, luna, fan, 2) == ["/start", "in between"]
        await switch_telegram(gateway.house, adapter, luna.agency_id, "luna", gateway.url)
        fan.send_text(bot, "after")
        assert await read(gateway, luna, fan, 3) == ["/start", "in between", "after"]


async def test_a_listener_that_dies_between_commit_and_cursor_takes_nothing_twice(
    gateway: Gateway, simulator: TelegramSimulator, bot: Bot, fan: TelegramUser, luna: Account
) -> None:
    fan.send_text(bot, "hello")
    settings = structs.replace(gateway.settings, telegram_api_url=simulator.base_url)
    async with open_doorway(settings, "listen") as doorway:  # what a listener does, up to its death
        poller = doorway.platforms["telegram"]
        assert isinstance(poller, TelegramPlatform)
        for raw, events in (await poller.poll(luna, None))[0]:
            await doorway.take_events(luna, events, raw, uuid4().hex)
    async with listening(gateway, simulator):
        fan.send_text(bot, "still there?")
        assert await read(gateway, luna, fan, 3) == ["/start", "hello", "still there?"]


async def test_a_listener_whose_lease_was_lost_stops_in_the_middle_of_its_poll(
    gateway: Gateway, simulator: TelegramSimulator, bot: Bot, fan: TelegramUser, luna: Account
) -> None:
    lease = f"muse:lock:poller:{luna.id}"
    async with listening(gateway, simulator) as (first, doorway):
        await read(gateway, luna, fan, 1)
        await until(first, True)
        await doorway.house.redis.set(lease, "another listener")
        await until(first, False)
        fan.send_text(bot, "for the other")
        await doorway.house.redis.delete(lease)
        assert await read(gateway, luna, fan, 2) == ["/start", "for the other"]


async def test_an_old_cursor_does_not_pass_over_what_waits(
    gateway: Gateway, simulator: TelegramSimulator, bot: Bot, fan: TelegramUser, luna: Account, adapter: TelegramPlatform
) -> None:
    """A cursor of another bot, or of numbers before a week of silence, would confirm what nobody has seen."""
    async with gateway.house.app.unit(luna.agency_id) as unit:
        await set_poll_cursor(unit, luna.id, str(max(bot.feed.history) + 1000))
    await switch_telegram(gateway.house, adapter, luna.agency_id, "luna", None)
    async with gateway.house.app.unit(luna.agency_id) as unit:
        assert await poll_cursor(unit, luna.id) is None
    async with listening(gateway, simulator):
        assert await read(gateway, luna, fan, 1) == ["/start"]


async def test_nobody_switches_what_is_not_theirs(gateway: Gateway, luna: Account, adapter: TelegramPlatform) -> None:
    for agency, key in ((new_id(), "luna"), (luna.agency_id, "lune")):
        with pytest.raises(NotFound):
            await switch_telegram(gateway.house, adapter, agency, key, None)
