"""A simulated bot becomes an account of an influencer: sealed token and secret, webhook set through the adapter."""

from __future__ import annotations

import secrets

from core.clock import SystemClock
from core.ids import new_id
from core.nouns import Account
from core.settings import Settings
from gateway.platforms.telegram.adapter import TelegramPlatform
from gateway.platforms.telegram.setup import set_webhook
from storage.accounts import find_influencer, find_operator, put_account
from storage.house import open_house

KEY_BYTES = 8


async def connect_bot(settings: Settings, operator_token: str, url: str, bot_token: str, slug: str) -> Account:
    """Give `slug` a Telegram account in webhook mode at the gateway's `url`, and tell the Bot API. Raises `MuseError`."""
    async with open_house(settings, "scratch", connections=2) as house:
        operator = await find_operator(house.app, operator_token)
        async with house.app.unit(operator.agency_id) as unit:
            influencer = await find_influencer(unit, slug)
            account = Account(
                id=new_id(),
                agency_id=operator.agency_id,
                influencer_id=influencer.id,
                platform="telegram",
                key=f"{slug}-{secrets.token_hex(KEY_BYTES)}",
                inbound="webhook",
                sandbox=True,
                autonomy="auto",
                secrets={"token": bot_token, "webhook_secret": secrets.token_urlsafe(32)},
            )
            await put_account(unit, house.seal, account)
        platform = TelegramPlatform(settings.telegram_api_url, house.blobs, SystemClock())
        try:
            await set_webhook(platform, account, f"{url}/webhooks/telegram/{account.key}")
        finally:
            await platform.close()
    return account
