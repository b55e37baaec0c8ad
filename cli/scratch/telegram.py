"""A simulated bot becomes an influencer's account, by the way that `muse account` goes."""

from __future__ import annotations

from msgspec.structs import replace

from cli.accounts.owned import agency_of
from cli.accounts.telegram import PLATFORM, Wanted, connect_telegram
from core.clock import SystemClock
from core.nouns import Account
from core.settings import Settings
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import change_account, find_account
from storage.house import open_house


async def connect_bot(settings: Settings, url: str | None, bot_token: str, slug: str) -> Account:
    """Connect a bot to `slug` and return the account, secrets open. Raises `MuseError`.

    It pushes to the gateway's `url`; without one it is polled. Its account keeps no rates: the simulator has its own, or none.
    """
    wanted = Wanted(influencer=slug, key=slug, token=bot_token, address=url)
    async with open_house(settings, "scratch", connections=2) as house:
        telegram = TelegramPlatform(settings.telegram_api_url, house.blobs, SystemClock())
        try:
            await connect_telegram(house, telegram, await agency_of(house, settings), wanted)
        finally:
            await telegram.close()
        account = await find_account(house.app, house.seal, PLATFORM, wanted.key)
        async with house.app.unit(account.agency_id) as unit:
            await change_account(unit, replace(account, options={**account.options, "rates": "off"}))
        return await find_account(house.app, house.seal, PLATFORM, wanted.key)
