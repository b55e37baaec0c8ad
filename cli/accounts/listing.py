"""Lists the accounts of the agency, and how each platform stands with us."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "all accounts of the agency"


def add_arguments(_parser: ArgumentParser) -> None:
    """Declare nothing: all are listed."""


def run(_arguments: Namespace) -> int:
    """Print them. Raises `Misconfigured`, `TryLater`."""
    return asyncio.run(_list())


async def _list() -> int:
    from rich.table import Table

    from cli.accounts.owned import agency_of, list_connected
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
