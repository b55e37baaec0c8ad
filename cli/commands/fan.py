"""Fans: who they are, which of them are one person, what is held about them, and forgetting them."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.settings import read_settings
from core.errors import BadInput

if TYPE_CHECKING:  # a command's imports are light
    from uuid import UUID

    from core.settings import Settings

HELP = "Show fans, link two that are one person or split them, write down all that is held about one, and forget one."
FAN = "a fan: platform/handle, or its id or enough of its beginning or end"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    everybody = actions.add_parser("list", help="fans, newest first")
    everybody.add_argument("words", nargs="?", default="", help="part of a name, handle or id")
    everybody.add_argument("-n", "--limit", type=int, default=50, help="how many (50)")
    show = actions.add_parser("show", help="one person: all identities, and their links with the evidence")
    show.add_argument("fan", help=FAN)
    link = actions.add_parser("link", help="say that two fans are one person; both are then remembered as one")
    link.add_argument("fan", help=FAN)
    link.add_argument("other", help="the other one")
    link.add_argument("--evidence", required=True, help="why you believe so, in words")
    link.add_argument("--confidence", type=float, default=0.9, help="how surely, above 0 and up to 1 (0.9)")
    apart = actions.add_parser("split", help="undo all links of a fan; each side has what was said in its own chats")
    apart.add_argument("fan", help=FAN)
    links = actions.add_parser("links", help="links that wait for a person, or those of a state")
    links.add_argument(
        "-s", "--state", choices=("proposed", "confirmed", "rejected", "split"), default="proposed", help="a state (proposed)"
    )
    for name, words in (("confirm", "make a proposed link true"), ("reject", "say that a proposed link is not so")):
        actions.add_parser(name, help=words).add_argument("link", help="the id of the link")
    for name in ("list", "show", "link", "split", "links", "confirm", "reject"):
        actions.choices[name].add_argument("--json", action="store_true", help="print the gateway's answer as JSON")
    export = actions.add_parser("export", help="write all that is held about a person into a file, for them")
    export.add_argument("fan", help=FAN)
    export.add_argument("--out", required=True, metavar="FILE", help="a .zip with a report, JSON and files, or one .json")
    forget = actions.add_parser("forget", help="remove everything about a person, for good")
    forget.add_argument("fan", nargs="?", help=FAN)
    forget.add_argument("--yes", action="store_true", help="do not ask")
    forget.add_argument("--again", action="store_true", help="after a restored backup: forget anew who was forgotten before")


def run(arguments: Namespace) -> int:
    """Do it. Raises `MuseError`."""
    if arguments.action == "export":
        return asyncio.run(_export(read_settings(), arguments.fan, Path(arguments.out)))
    if arguments.action == "forget":
        return _forget(arguments)
    return _ask(arguments)


def _ask(arguments: Namespace) -> int:
    from cli.api_client import open_api
    from cli.fans.desk import FanDesk
    from cli.terminal import open_console

    desk = FanDesk(open_api(read_settings()), open_console(), arguments.json)
    match arguments.action:
        case "list":
            desk.list_fans(arguments.words, arguments.limit)
        case "show":
            desk.show(arguments.fan)
        case "link":
            desk.link(arguments.fan, arguments.other, arguments.evidence, arguments.confidence)
        case "split":
            desk.split(arguments.fan)
        case "links":
            desk.list_links(arguments.state)
        case _:
            desk.decide(arguments.link, arguments.action)
    return 0


async def _export(given: Settings, fan: str, out: Path) -> int:
    from cli.accounts.owned import agency_of
    from cli.fans.export import gather_files, write_export
    from cli.stack.connection import connect
    from core.clock import SystemClock
    from storage.exports import read_person
    from storage.fans import resolve_fan
    from storage.house import open_house

    settings = connect(given)
    async with open_house(settings, "fan", connections=2) as house:
        agency = await agency_of(house, settings)
        async with house.app.unit(agency) as unit:
            held = await read_person(unit, await resolve_fan(unit, fan))
        files = await gather_files(held, house.blobs)
    write_export(out, held, files, SystemClock().now().isoformat(timespec="seconds"))
    print(f"{out}: {sum(len(rows) for rows in held.values())} rows and {len(files)} files about this person.")
    return 0


def _forget(arguments: Namespace) -> int:
    if arguments.again == bool(arguments.fan):
        raise BadInput("Name a fan to forget, or give --again after a restored backup.")
    return asyncio.run(_forget_again(read_settings()) if arguments.again else _forget_one(read_settings(), arguments))


async def _forget_one(given: Settings, arguments: Namespace) -> int:
    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from core.clock import SystemClock
    from storage.fans import list_person, resolve_fan
    from storage.forgetting import forget
    from storage.house import open_house
    from storage.links import person_of

    settings = connect(given)
    async with open_house(settings, "fan", connections=4) as house:
        agency = await agency_of(house, settings)
        async with house.app.unit(agency) as unit:
            fan = await resolve_fan(unit, arguments.fan)
            named = [f"{one.platform}/{one.handle}" for one in await list_person(unit, await person_of(unit, fan))]
        if not arguments.yes and not _sure(named, fan):
            print("Nothing was forgotten.")
            return 1
        gone = await forget(house, agency, fan, SystemClock().now())
    print(
        f"Forgotten: {gone.conversations} conversations, {gone.events} events, {gone.vectors} index entries and {gone.files}"
        " files (the last two by a worker, within minutes)."
        f" {gone.kept} rows without a name stay for purchases and disclosures."
    )
    return 0


def _sure(named: list[str], fan: UUID) -> bool:
    print(f"This removes everything about {', '.join(named)} ({fan}). It does not come back.")
    try:
        return input("Type forget to go on: ").strip() == "forget"
    except EOFError:
        return False


async def _forget_again(given: Settings) -> int:
    from cli.accounts.owned import agency_of
    from cli.stack.connection import connect
    from storage.house import open_house
    from storage.tombstones import forget_again

    settings = connect(given)
    async with open_house(settings, "fan", connections=4) as house:
        count = await forget_again(house, await agency_of(house, settings))
    print(f"{count} fans who had been forgotten were forgotten again.")
    return 0
