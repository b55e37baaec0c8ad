"""Connecting an influencer with a bot: the token is tried, sealed and stored, and Telegram told where to push."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from cli.accounts.owned import account_at, influencer_of, own_account, store
from cli.stack.connection import connect
from core.clock import SystemClock
from core.errors import BadInput, Misconfigured
from core.nouns import Account, Influencer
from core.settings import Settings
from gateway.platforms.telegram import setup
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.house import House, open_house

PLATFORM = "telegram"
TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{8,100}")


class Wanted(Struct, frozen=True):
    """What to connect. `address` is where the platform pushes to, without the path; none: the bot is polled."""

    influencer: str
    key: str
    token: str
    address: str | None = None

    def __repr__(self) -> str:
        """Name it without its token."""
        return f"Wanted({self.influencer}, {self.key})"


class Connected(Struct, frozen=True):
    """A connected bot: its name on the platform, and where it pushes to, if it does."""

    bot: str
    url: str | None


@asynccontextmanager
async def open_telegram(given: Settings) -> AsyncIterator[tuple[House, TelegramPlatform, Settings]]:
    """Open the house and Telegram for one command, with the settings that reach the servers. Raises `Misconfigured`."""
    settings = connect(given)
    async with open_house(settings, "account", connections=2) as house:
        telegram = TelegramPlatform(settings.telegram_api_url, house.blobs, SystemClock())
        try:
            yield house, telegram, settings
        finally:
            await telegram.close()


def read_token(place: str) -> str:
    """Read a bot's token from a file, or from standard input for "-". Raises `BadInput`; the token is never shown."""
    if TOKEN.fullmatch(place):
        raise BadInput("Name a file that holds the token, not the token itself: arguments can be seen by others.")
    try:
        text = sys.stdin.read() if place == "-" else Path(place).expanduser().read_text()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"The token file {place} cannot be read.") from None
    token = text.strip()
    if not TOKEN.fullmatch(token):
        raise BadInput("This is no bot token; BotFather's look like 123456:ABC-def, alone in the file.")
    return token


def choose_address(settings: Settings, *, polling: bool, webhook: str | None) -> str | None:
    """Return where Telegram shall push to; none to poll. Raises `Misconfigured` when neither is possible as asked."""
    if polling:
        return None
    address = (webhook or settings.public_url).rstrip("/")
    if not address:
        raise Misconfigured("Say --polling, or set MUSE_PUBLIC_URL to the https address under which Telegram reaches us.")
    if not re.match(
        r"https://|http://(?:127\.0\.0\.1|localhost)[:/]", address
    ):  # a simulator on this machine may be pushed from
        raise Misconfigured(f"Telegram pushes to https addresses only, not to {address}; use --polling without one.")
    return address


async def connect_telegram(house: House, telegram: TelegramPlatform, agency_id: UUID, wanted: Wanted) -> Connected:
    """Connect a bot, or connect it anew: a webhook and polling exclude each other.

    Raises `NotFound` (no such influencer), `Refused` (the key is somebody else's), `CredentialExpired` (wrong token),
    `BadInput` (Telegram refuses the address), `TryLater`; before the token is proven nothing is stored.
    """
    influencer = await influencer_of(house, agency_id, wanted.influencer)
    account = await _account(house, influencer, wanted)
    bot = await setup.identify(telegram, account)
    if wanted.address is None:
        await setup.delete_webhook(telegram, account)
        await store(house, account)
        return Connected(bot, None)
    await store(house, account)  # first: from the next call on, Telegram proves itself with the stored secret
    url = f"{wanted.address}/webhooks/{PLATFORM}/{account.key}"
    await setup.set_webhook(telegram, account, url)
    return Connected(bot, url)


async def switch_telegram(
    house: House, telegram: TelegramPlatform, agency_id: UUID, key: str, address: str | None
) -> Connected:
    """Let a connected bot's events come by webhook at an address, or by polling without one.

    What Telegram holds, it hands over: deleting a webhook keeps what waits, and setting one ends a poll whose updates were not
    confirmed. What comes both ways is written once. Raises `NotFound`, `BadInput`, `CredentialExpired`, `TryLater`; before
    Telegram has agreed, the account stays as it is, and the same call may be made again.
    """
    account = await own_account(house, agency_id, PLATFORM, key)
    bot = await setup.identify(telegram, account)
    if address is None:
        await setup.delete_webhook(telegram, account)
        await store(house, replace(account, inbound="polling"))
        return Connected(bot, None)
    secret = account.secrets.get("webhook_secret") or secrets.token_urlsafe(32)
    account = replace(account, secrets={**account.secrets, "webhook_secret": secret})
    await store(house, account)  # first: from the next call on, Telegram proves itself with the stored secret
    url = f"{address}/webhooks/{PLATFORM}/{account.key}"
    await setup.set_webhook(telegram, account, url)
    await store(house, replace(account, inbound="webhook"))
    return Connected(bot, url)


async def _account(house: House, influencer: Influencer, wanted: Wanted) -> Account:
    """Return the account as it shall be; one that is there keeps its id, autonomy and webhook secret."""
    known = await account_at(house, influencer, PLATFORM, wanted.key)
    secret = known.secrets.get("webhook_secret") or secrets.token_urlsafe(32)
    inbound = "polling" if wanted.address is None else "webhook"
    return replace(known, inbound=inbound, secrets={"token": wanted.token, "webhook_secret": secret})


def tell_way(connected: Connected) -> str:
    """Say how a bot's events come."""
    if connected.url:
        return f"Telegram pushes to {connected.url}"
    return "it is polled; the listener begins within a few seconds"
