"""Gives an app's account new keys; the old ones stay valid until the app uses the new."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "give an account new keys; the old ones stay valid until --finish"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whose, and whether it is done."""
    parser.add_argument("platform", choices=("http",), help="http")
    parser.add_argument("key", help="the account's name in addresses")
    parser.add_argument("--public-key", metavar="whpk_…", help="the app's new public key, if it signs with a pair")
    parser.add_argument("--finish", action="store_true", help="forget the old keys: the app uses the new ones now")


def run(arguments: Namespace) -> int:
    """Rotate, or finish. Raises `NotFound`, `Refused`, `Misconfigured`."""
    return asyncio.run(_rotate(arguments))


async def _rotate(arguments: Namespace) -> int:
    from cli.accounts.http import finish_rotation, rotate_http, show_keys
    from cli.accounts.owned import agency_of
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
    show_keys(rotated, settings)
    print(f"The old keys stay valid until: muse account rotate http {arguments.key} --finish")
    return 0
