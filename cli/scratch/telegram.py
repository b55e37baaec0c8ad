"""A simulated bot becomes an influencer's account, by the way that `muse account` goes."""

from __future__ import annotations

from cli.accounts import PLATFORM, Wanted, agency_of, connect_telegram
from core.clock import SystemClock
from core.nouns import Account
from core.settings import Settings
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import find_account
from storage.house import open_house


async def connect_bot(settings: Settings, url: str | None, bot_token: str, slug: str) -> Account:
    """Connect a bot to `slug` and return the account, secrets open. Raises `MuseError`.

    It pushes to the gateway's `url`; without one it is polled.
    """
    wanted = Wanted(influencer=slug, key=slug, token=bot_token, address=url)
    async with open_house(settings, "scratch", connections=2) as house:
        telegram = TelegramPlatform(settings.telegram_api_url, house.blobs, SystemClock())
        try:
            await connect_telegram(house, telegram, await agency_of(house, settings), wanted)
        finally:
            await telegram.close()
        return await find_account(house.app, house.seal, PLATFORM, wanted.key)
