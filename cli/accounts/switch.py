"""Lets a connected bot's events come the other way: pushed, or fetched."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from cli.settings import read_settings
from core.errors import BadInput

HELP = "let a connected bot's events come the other way; none is lost or doubled"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare which bot and which way."""
    parser.add_argument("account", metavar="platform/key", help="the account, such as telegram/luna")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--polling", action="store_true", help="fetch from Telegram from now on")
    other.add_argument("--webhook", metavar="URL", help="let Telegram push to this https address instead of MUSE_PUBLIC_URL")


def run(arguments: Namespace) -> int:
    """Switch it. Raises `BadInput`, `NotFound`, `CredentialExpired`, `TryLater`."""
    return asyncio.run(_switch(arguments))


async def _switch(arguments: Namespace) -> int:
    from cli.accounts.owned import agency_of
    from cli.accounts.telegram import choose_address, open_telegram, switch_telegram, tell_way

    given = read_settings()
    platform, _, key = arguments.account.partition("/")
    if platform != "telegram" or not key:
        raise BadInput("Only a Telegram account can be switched; name it as telegram/luna.")
    address = choose_address(given, polling=arguments.polling, webhook=arguments.webhook)
    async with open_telegram(given) as (house, telegram, settings):
        connected = await switch_telegram(house, telegram, await agency_of(house, settings), key, address)
    print(f"@{connected.bot}: {tell_way(connected)}.")
    return 0
