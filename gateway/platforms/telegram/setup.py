"""Setting a bot up and handing it over: who the bot is, and whether Telegram pushes or we poll.

How the webhook stands is the adapter's `push_state`.
"""

from __future__ import annotations

from core.errors import Misconfigured
from core.nouns import Account
from gateway.platforms.telegram import wire
from gateway.platforms.telegram.adapter import TelegramPlatform


async def identify(platform: TelegramPlatform, account: Account) -> str:
    """Return the bot's user name, which proves the token. Raises `CredentialExpired`, `TryLater`."""
    me = await platform.client.ask(account, "getMe", {}, wire.User)
    return me.username or str(me.id)


async def set_webhook(platform: TelegramPlatform, account: Account, url: str) -> None:
    """Have updates pushed to `url` with the account's `webhook_secret`; waiting updates are kept.

    Raises `Misconfigured` without a secret, `BadInput` when Telegram refuses the address, `CredentialExpired`, `TryLater`.
    """
    secret = account.secrets.get("webhook_secret")
    if not secret:
        raise Misconfigured(f"The account {account.platform}/{account.key} has no webhook_secret.")
    body = {"url": url, "secret_token": secret, "allowed_updates": wire.ALLOWED_UPDATES}
    await platform.client.ask(account, "setWebhook", body, bool)


async def delete_webhook(platform: TelegramPlatform, account: Account) -> None:
    """Stop the pushing, so that the bot can be polled; waiting updates are kept. Raises `CredentialExpired`, `TryLater`."""
    await platform.client.ask(account, "deleteWebhook", {"drop_pending_updates": False}, bool)
