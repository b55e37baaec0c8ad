"""The agency: how long it keeps what fans said and what was learned of them, and how far it sells."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from cli.settings import read_settings

if TYPE_CHECKING:  # a command's imports are light
    from core.settings import Settings

HELP = "Show and set how long the agency keeps what was said and learned, and how far its influencers sell."
KINDS = {
    "messages": "what was said, with drafts, deliveries and turns",
    "episodes": "what memory finds again of talks, and summaries",
    "facts": "what was learned of fans and not said again since",
    "media": "fans' files",
    "traces": "how turns were thought; verdict and time stay",
}
FOR_GOOD = "forever"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    retention = actions.add_parser("retention", help="how many days each kind is kept; what is not named stays as it is")
    for kind, words in KINDS.items():
        retention.add_argument(f"--{kind}", type=_days, metavar="DAYS", help=f"{words}; {FOR_GOOD}: for good")
    caps = actions.add_parser("caps", help="how much is offered and sold to one fan at most, and how long selling rests")
    caps.add_argument(
        "changes", nargs="*", metavar="CAP=N", help="offers_a_day=5, spend.EUR.month=20000; `house`: all as before"
    )
    caps.add_argument("--fan", help="also show what a fan has spent and which limits they set (platform/handle or id)")


def _days(given: str) -> int:
    """Read a number of days; 0 stands for good. Raises `ArgumentTypeError`."""
    if given == FOR_GOOD:
        return 0
    if not given.isdigit() or not 1 <= int(given) <= 36_500:
        raise ArgumentTypeError(f"{given!r} is neither a number of days from 1 to 36500 nor {FOR_GOOD}")
    return int(given)


def run(arguments: Namespace) -> int:
    """Set what is named and show what holds. Raises `BadInput`, `Unavailable`, `Misconfigured`."""
    if arguments.action == "caps":
        from cli.agency_caps import show_caps

        return asyncio.run(show_caps(read_settings(), arguments.changes, arguments.fan))
    given = {kind: getattr(arguments, kind) for kind in KINDS if getattr(arguments, kind) is not None}
    return asyncio.run(_retention(read_settings(), given))


async def _retention(given: Settings, wanted: dict[str, int]) -> int:
    from msgspec.structs import replace

    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from storage.house import open_house
    from storage.retention import load_kept, set_kept

    settings = connect(given)
    async with open_house(settings, "agency", connections=2) as house:
        agency = await agency_of(house, settings)
        async with house.app.unit(agency) as unit:
            kept = await load_kept(unit)
            if wanted:
                kept = replace(kept, **{kind: days or None for kind, days in wanted.items()})
                await set_kept(unit, kept)
    for kind, words in KINDS.items():
        days = getattr(kept, kind)
        print(f"{kind:9} {f'{days} days' if days else FOR_GOOD:10} {words}")
    return 0
