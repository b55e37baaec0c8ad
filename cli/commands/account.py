"""Connects influencers with platforms, renews keys, lists where they are, and sets how freely they speak there."""

from __future__ import annotations

import asyncio
import math
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cli.settings import read_settings
from core.errors import BadInput

if TYPE_CHECKING:  # a command's imports are light
    from cli.accounts import AppConnected, Connected
    from core.settings import Settings
    from gateway.platforms.telegram.adapter import TelegramPlatform
    from storage.house import House

HELP = "Connect an influencer with a platform, renew keys, list the accounts, and set how freely the agent speaks there."
AUTONOMIES = ("auto", "risk", "approve", "off")
DEFAULT = "default"
ANYBODY = "anybody"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions. A token comes from a file or standard input: arguments stand in the process list."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    actions.add_parser("list", help="all accounts of the agency")
    platforms = actions.add_parser("connect", help="connect an influencer with a platform, or connect it anew").add_subparsers(
        dest="platform", metavar="<platform>", required=True
    )
    _add_telegram(platforms.add_parser("telegram", help="a Telegram bot", allow_abbrev=False))
    _add_http(platforms.add_parser("http", help="an app of your own, by signed webhooks", allow_abbrev=False))
    rotate = actions.add_parser("rotate", help="give an account new keys; the old ones stay valid until --finish")
    rotate.add_argument("platform", choices=("http",), help="http")
    rotate.add_argument("key", help="the account's name in addresses")
    rotate.add_argument("--public-key", metavar="whpk_…", help="the app's new public key, if it signs with a pair")
    rotate.add_argument("--finish", action="store_true", help="forget the old keys: the app uses the new ones now")
    switch = actions.add_parser("switch", help="let a connected bot's events come the other way; none is lost or doubled")
    switch.add_argument("account", metavar="platform/key", help="the account, such as telegram/luna")
    other = switch.add_mutually_exclusive_group()
    other.add_argument("--polling", action="store_true", help="fetch from Telegram from now on")
    other.add_argument("--webhook", metavar="URL", help="let Telegram push to this https address instead of MUSE_PUBLIC_URL")
    change = actions.add_parser("set", help="set how an account behaves; what is not named stays")
    change.add_argument("account", metavar="platform/key", help="the account, such as telegram/luna")
    change.add_argument(
        "--autonomy",
        choices=AUTONOMIES,
        help="auto: replies go out; risk: those with a risk wait for a person; approve: all wait; off: the agent says nothing",
    )
    change.add_argument("--sandbox", choices=("on", "off"), help="on: packs are given away for tests, no money moves")
    change.add_argument(
        "--quiet", type=_seconds, metavar="SECONDS", help="quiet time before a reply; default: the platform's or MUSE_QUIET_S"
    )
    change.add_argument(
        "--sell-by", choices=("paid_media", "invoice"), help="Telegram: packs as locked media (default) or by invoice"
    )
    change.add_argument(
        "--business-owners",
        metavar="IDS",
        help="Telegram: the user ids, with commas, who alone may let the bot speak in their chats; anybody: no limit",
    )
    change.add_argument(
        "--rates",
        choices=("kept", "off"),
        help="off: the platform's server has no limits (a simulator); kept by default",
    )
    change.add_argument("--region", metavar="PACK", help="whose rule pack holds here, such as eu; default: the agency's")
    change.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")
    allow = actions.add_parser("authorise", help="record that an owner of connected chats lets models outside read them")
    allow.add_argument("account", metavar="platform/key", help="the account, such as telegram/luna")
    allow.add_argument("owner", help="the owner's user id on the platform")
    allow.add_argument("--revoke", action="store_true", help="record that they do so no more")
    allow.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


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
    """Do it. Raises `MuseError`."""
    if arguments.action == "set":
        return _set(arguments)
    if arguments.action == "authorise":
        return _send(arguments, {"revoke" if arguments.revoke else "authorise": [arguments.owner]})
    return asyncio.run({"list": _list, "connect": _connect, "switch": _switch, "rotate": _rotate}[arguments.action](arguments))


def _seconds(given: str) -> float | str:
    if given == DEFAULT:
        return given
    seconds = float(given)
    if not math.isfinite(seconds):
        raise ValueError
    return seconds


def _set(arguments: Namespace) -> int:
    quiet = {DEFAULT: None}.get(arguments.quiet, arguments.quiet)
    change = {
        **({"autonomy": arguments.autonomy} if arguments.autonomy else {}),
        **({"sandbox": arguments.sandbox == "on"} if arguments.sandbox else {}),
        **({"quiet_s": quiet} if arguments.quiet is not None else {}),
        **({"sell_by": arguments.sell_by} if arguments.sell_by else {}),
        **({"rates": arguments.rates} if arguments.rates else {}),
        **({"region": None if arguments.region == DEFAULT else _region(arguments.region)} if arguments.region else {}),
        **({"business_owners": _owners(arguments.business_owners)} if arguments.business_owners else {}),
    }
    if not change:
        raise BadInput("Say what to set: --autonomy, --sandbox, --quiet, --sell-by, --business-owners, --region or --rates.")
    return _send(arguments, change)


def _send(arguments: Namespace, change: dict[str, object]) -> int:
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    Desk(open_api(read_settings()), open_console(), arguments.json).set_account(arguments.account, change)
    return 0


def _region(given: str) -> str:
    """Return a rule pack that there is; the gateway does not know them. Raises `BadInput`."""
    from agents.policy.regions import load_packs

    if given.lower() not in load_packs():
        raise BadInput(f"There is no rule pack {given}; there are: {', '.join(load_packs())}, or {DEFAULT}.")
    return given.lower()


def _owners(given: str) -> list[str]:
    return [] if given == ANYBODY else [owner.strip() for owner in given.split(",") if owner.strip()]


async def _list(_arguments: Namespace) -> int:
    from rich.table import Table

    from cli.accounts import agency_of, list_connected
    from cli.stack.connection import connect
    from cli.terminal import open_console, tame
    from core.clock import SystemClock
    from gateway.platforms.registry import open_platforms
    from gateway.push_watch import PushWatch
    from storage.house import open_house

    settings = connect(read_settings())
    async with open_house(settings, "account", connections=4) as house:
        platforms = open_platforms(settings, house.blobs)
        watch = PushWatch(house, platforms, SystemClock())
        try:
            listed = await list_connected(house, await agency_of(house, settings), watch)
        finally:
            await watch.close()
            for platform in platforms.values():
                await platform.close()
    table = Table("influencer", "platform", "key", "events come by", "autonomy", "sandbox", "how it stands", box=None)
    for one in listed:
        account = one.account
        sandbox = "yes" if account.sandbox else "no"
        table.add_row(
            tame(one.influencer),
            account.platform,
            tame(account.key),
            account.inbound,
            account.autonomy,
            sandbox,
            tame(one.standing),
        )
    open_console().print(table)
    return 0


async def _connect(arguments: Namespace) -> int:
    return await (_connect_telegram if arguments.platform == "telegram" else _connect_http)(arguments)


async def _connect_telegram(arguments: Namespace) -> int:
    from cli.accounts import Wanted, agency_of, choose_address, connect_telegram, read_token

    given = read_settings()
    address = choose_address(given, polling=arguments.polling, webhook=arguments.webhook)
    wanted = Wanted(arguments.influencer, arguments.key or arguments.influencer, read_token(arguments.token_file), address)
    async with _telegram(given) as (house, telegram, settings):
        connected = await connect_telegram(house, telegram, await agency_of(house, settings), wanted)
    print(f"@{connected.bot} speaks as {wanted.influencer} now: {_how(connected)}.")
    return 0


async def _switch(arguments: Namespace) -> int:
    from cli.accounts import agency_of, choose_address, switch_telegram

    given = read_settings()
    platform, _, key = arguments.account.partition("/")
    if platform != "telegram" or not key:
        raise BadInput("Only a Telegram account can be switched; name it as telegram/luna.")
    address = choose_address(given, polling=arguments.polling, webhook=arguments.webhook)
    async with _telegram(given) as (house, telegram, settings):
        connected = await switch_telegram(house, telegram, await agency_of(house, settings), key, address)
    print(f"@{connected.bot}: {_how(connected)}.")
    return 0


def _how(connected: Connected) -> str:
    if connected.url:
        return f"Telegram pushes to {connected.url}"
    return "it is polled; the listener begins within a few seconds"


@asynccontextmanager
async def _telegram(given: Settings) -> AsyncIterator[tuple[House, TelegramPlatform, Settings]]:
    from cli.stack.connection import connect
    from core.clock import SystemClock
    from gateway.platforms.telegram.adapter import TelegramPlatform
    from storage.house import open_house

    settings = connect(given)
    async with open_house(settings, "account", connections=2) as house:
        telegram = TelegramPlatform(settings.telegram_api_url, house.blobs, SystemClock())
        try:
            yield house, telegram, settings
        finally:
            await telegram.close()


async def _connect_http(arguments: Namespace) -> int:
    from msgspec import ValidationError, convert

    from cli.accounts import AppWanted, agency_of, connect_http
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
    _show_keys(connected, settings)
    return 0


async def _rotate(arguments: Namespace) -> int:
    from cli.accounts import agency_of, finish_rotation, rotate_http
    from cli.stack.connection import connect
    from storage.house import open_house

    settings = connect(read_settings())
    async with open_house(settings, "account", connections=2) as house:
        agency = await agency_of(house, settings)
        if arguments.finish:
            await finish_rotation(house, agency, arguments.key)
            print(f"The old keys of http/{arguments.key} are forgotten.")
            return 0
        rotated = await rotate_http(house, agency, arguments.key, arguments.public_key)
    _show_keys(rotated, settings)
    print(f"The old keys stay valid until: muse account rotate http {arguments.key} --finish")
    return 0


def _show_keys(connected: AppConnected, settings: Settings) -> None:
    """Print what the app must be told. This is the only place that ever shows it."""
    from cli.stack.connection import operator_door

    address = settings.public_url.rstrip("/") or operator_door(settings)[0]
    print(f"  the app posts to        {address}{connected.path}")
    print(f"  and signs with          {connected.inbound_secret}")
    if connected.app_public_key:
        print(f"  or with the pair of     {connected.app_public_key}")
    print(f"  Muse signs with (v1)    {connected.outbound_secret}")
    print(f"  and the pair of (v1a)   {connected.outbound_public_key}")
    print("Keep them now: they are not shown again.")
