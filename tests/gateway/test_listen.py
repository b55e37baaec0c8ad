"""Long polling: for people without a public address, by one listener at a time, confirmed only after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec import structs

from core.nouns import Account
from core.settings import Settings
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from gateway.doorway import Doorway, open_doorway
from gateway.health import check
from gateway.listen import Listener
from storage.accounts import poll_cursor, put_account
from storage.conversations import conversation_of, read_thread
from storage.house import House
from tests.conftest import Agency
from tests.gateway.conftest import make_luna


@pytest.fixture
async def account(house: House, agency: Agency, bot: Bot) -> Account:
    """Luna's account, to be polled."""
    luna = structs.replace(await make_luna(house, agency, "telegram"), inbound="polling", secrets={"token": bot.token})
    async with house.app.unit(agency.id) as unit:
        await put_account(unit, house.seal, luna)
    return luna


@asynccontextmanager
async def listening(settings: Settings, simulator: TelegramSimulator) -> AsyncIterator[Doorway]:
    async with open_doorway(structs.replace(settings, telegram_api_url=simulator.base_url), "listen") as doorway:
        task = asyncio.create_task(Listener(doorway).run())
        try:
            yield doorway
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def read(house: House, account: Account, fan: TelegramUser, count: int) -> list[str]:
    """Wait until a fan's chat holds a number of messages."""
    async with asyncio.timeout(30):
        while True:
            async with house.app.unit(account.agency_id) as unit:
                chat = await conversation_of(unit, account.id, str(fan.id))
                said = [m.text for m in await read_thread(unit, chat.id)] if chat else []
            if len(said) >= count:
                return said
            await asyncio.sleep(0.05)


async def test_polled_messages_come_in_and_are_confirmed(
    house: House, account: Account, settings: Settings, simulator: TelegramSimulator, bot: Bot
) -> None:
    fan = simulator.add_user("Mia")
    fan.start(bot)
    async with listening(settings, simulator):
        assert await read(house, account, fan, 1) == ["/start"]
        fan.send_text(bot, "hello")
        assert await read(house, account, fan, 2) == ["/start", "hello"]
        async with asyncio.timeout(10):
            confirmed = str(max(bot.feed.history) + 1)
            while True:
                if await cursor(house, account) == confirmed:
                    break
                await asyncio.sleep(0.05)


async def cursor(house: House, account: Account) -> str | None:
    async with house.app.unit(account.agency_id) as unit:
        return await poll_cursor(unit, account.id)


async def test_a_new_listener_goes_on_where_the_last_one_stood(
    house: House, account: Account, settings: Settings, simulator: TelegramSimulator, bot: Bot
) -> None:
    fan = simulator.add_user("Mia")
    fan.start(bot)
    async with listening(settings, simulator):
        await read(house, account, fan, 1)
    fan.send_text(bot, "while nobody listened")
    async with listening(settings, simulator):
        assert await read(house, account, fan, 2) == ["/start", "while nobody listened"]


async def test_of_two_listeners_one_polls(
    house: House, account: Account, settings: Settings, simulator: TelegramSimulator, bot: Bot
) -> None:
    fan = simulator.add_user("Mia")
    fan.start(bot)
    async with listening(settings, simulator), listening(settings, simulator):
        await read(house, account, fan, 1)
        for number in range(3):
            fan.send_text(bot, str(number))
        assert await read(house, account, fan, 4) == ["/start", "0", "1", "2"]
    assert all(call.status == 200 for call in simulator.calls_of("getUpdates") if call.ended_at), (
        "nobody was told of a conflict"
    )


async def test_an_account_without_a_right_token_does_not_stop_the_others(
    house: House, agency: Agency, account: Account, settings: Settings, simulator: TelegramSimulator, bot: Bot
) -> None:
    broken = structs.replace(
        await make_luna(house, agency, "telegram", key="broken"), inbound="polling", secrets={"token": "1:no"}
    )
    async with house.app.unit(agency.id) as unit:
        await put_account(unit, house.seal, broken)
    fan = simulator.add_user("Mia")
    fan.start(bot)
    async with listening(settings, simulator):
        assert await read(house, account, fan, 1) == ["/start"]


async def test_health_knows_whether_somebody_listens(
    house: House, account: Account, settings: Settings, simulator: TelegramSimulator
) -> None:
    async with open_doorway(settings, "gateway") as doorway:
        silent = (await check(doorway, account.agency_id)).parts["listener"]
        assert (silent.state, silent.detail) == ("down", "no listener is up, and 1 accounts are polled")
        async with listening(settings, simulator), asyncio.timeout(10):
            while (await check(doorway, account.agency_id)).parts["listener"].state != "ok":  # noqa: ASYNC110 — the sign lies in Redis, which tells nobody
                await asyncio.sleep(0.05)
        assert (await check(doorway, account.agency_id)).parts["workers"].state == "down", "a listener is no worker"


async def test_without_polled_accounts_nobody_need_listen(house: House, agency: Agency, settings: Settings) -> None:
    await make_luna(house, agency, "telegram")
    async with open_doorway(settings, "gateway") as doorway:
        assert (await check(doorway, agency.id)).parts["listener"].state == "ok"
