"""Connects an influencer with a platform: a Telegram bot, or somebody's own app."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from cli.settings import read_settings
from core.errors import BadInput

HELP = "connect an influencer with a platform, or connect it anew"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the platforms. A token comes from a file or standard input: arguments stand in the process list."""
    platforms = parser.add_subparsers(dest="platform", metavar="<platform>", required=True)
    _add_telegram(platforms.add_parser("telegram", help="a Telegram bot", allow_abbrev=False))
    _add_http(platforms.add_parser("http", help="an app of your own, by signed webhooks", allow_abbrev=False))


def _add_telegram(parser: ArgumentParser) -> None:
    parser.add_argument("influencer", help="the influencer's short name, such as luna")
    parser.add_argument("--token-file", required=True, metavar="FILE", help="file with the bot's token; - reads standard input")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--polling", action="store_true", help="fetch from Telegram; needs no public address")
    way.add_argument("--webhook", metavar="URL", help="let Telegram push to this https address instead of MUSE_PUBLIC_URL")
    parser.add_argument("--key", help="the account's name in addresses; the influencer's short name if not given")


def _add_http(parser: ArgumentParser) -> None:
    """Declare what an app needs. All of it is set anew each time; keys are made once and stay."""
    parser.add_argument("influencer", help="the influencer's short name, such as luna")
    parser.add_argument("--url", required=True, help="where the app takes messages: https, or http on this machine")
    parser.add_argument("--key", help="the account's name in addresses; the influencer's short name if not given")
    parser.add_argument("--public-key", metavar="whpk_…", help="the app's public key, if it signs with a pair of its own")
    parser.add_argument("--list-url", metavar="URL", default="", help="where the app lists what it received, to settle doubts")
    parser.add_argument(
        "--media-host", action="append", default=[], metavar="HOST", help="host of fans' files (may be given again)"
    )
    parser.add_argument(
        "--text-limit", type=int, default=4000, metavar="N", help="characters in one message, 100 to 4000 (4000)"
    )
    parser.add_argument("--typing", action="store_true", help="tell the app while the influencer is writing")
    parser.add_argument(
        "--no-dedupe", action="store_true", help="the app does not look at webhook ids: repeat no send in doubt"
    )


def run(arguments: Namespace) -> int:
    """Connect it. Raises `MuseError`."""
    return asyncio.run((_connect_telegram if arguments.platform == "telegram" else _connect_http)(arguments))


async def _connect_telegram(arguments: Namespace) -> int:
    from cli.accounts.owned import agency_of
    from cli.accounts.telegram import Wanted, choose_address, connect_telegram, open_telegram, read_token, tell_way

    given = read_settings()
    address = choose_address(given, polling=arguments.polling, webhook=arguments.webhook)
    wanted = Wanted(arguments.influencer, arguments.key or arguments.influencer, read_token(arguments.token_file), address)
    async with open_telegram(given) as (house, telegram, settings):
        connected = await connect_telegram(house, telegram, await agency_of(house, settings), wanted)
    print(f"@{connected.bot} speaks as {wanted.influencer} now: {tell_way(connected)}.")
    return 0


async def _connect_http(arguments: Namespace) -> int:
    from msgspec import ValidationError, convert

    from cli.accounts.http import AppWanted, connect_http, show_keys
    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from gateway.platforms.http.wire import Options
    from storage.house import open_house

    given = {
        "url": arguments.url,
        "list_url": arguments.list_url,
        "media_hosts": arguments.media_host,
        "text_limit": arguments.text_limit,
        "typing": arguments.typing,
        "dedupes": not arguments.no_dedupe,
    }
    try:
        options = convert(given, Options)
    except ValidationError as error:
        raise BadInput(f"This cannot be set: {error}.") from None
    wanted = AppWanted(arguments.influencer, arguments.key or arguments.influencer, options, arguments.public_key)
    settings = connect(read_settings())
    async with open_house(settings, "account", connections=2) as house:
        connected = await connect_http(house, await agency_of(house, settings), wanted)
    if connected is None:
        print(f"http/{wanted.key} is set; its keys stay as they are.")
        return 0
    print(f"{wanted.influencer} speaks in the app at {options.url} now.")
    show_keys(connected, settings)
    return 0
