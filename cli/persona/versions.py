"""Lists the versions of an influencer."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

HELP = "list the versions of an influencer: who made each, when and why, and which is in force"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whose."""
    parser.add_argument("influencer", nargs="?", help="the influencer's short name; all influencers with theirs if not given")
    parser.add_argument("--json", action="store_true", help="print them as JSON")


def run(arguments: Namespace) -> int:
    """Print them. Raises `NotFound`, `Unavailable`."""
    return asyncio.run(_list_all(arguments) if arguments.influencer is None else _list(arguments))


async def _list(arguments: Namespace) -> int:
    from rich.table import Table

    from cli.persona.sources import find, open_desk, read_name
    from cli.terminal import open_console, tame, tell_time
    from storage.personas import list_versions

    async with open_desk() as desk:
        influencer = await find(desk, read_name(arguments.influencer))
        async with desk.house.app.unit(desk.agency_id) as unit:
            found = await list_versions(unit, influencer.id)
    if arguments.json:
        _print_json(found)
        return 0
    table = Table("version", "", "made", "by", "note", "last in force", "turns", box=None)
    for one in found:
        used = f"{tell_time(one.used_at)} by {one.used_by}" if one.used_at else "never"
        why = f": {one.used_note}" if one.used_note and one.used_note != one.note else ""
        row = (
            f"{one.version}",
            "in force" if one.in_force else "",
            tell_time(one.created_at),
            tame(one.made_by),
            tame(one.note),
        )
        table.add_row(*row, tame(used + why), str(one.turns))
    open_console().print(table)
    return 0


async def _list_all(arguments: Namespace) -> int:
    from rich.table import Table

    from cli.persona.sources import open_desk
    from cli.terminal import open_console, tame
    from storage.personas import list_influencers

    async with open_desk() as desk, desk.house.app.unit(desk.agency_id) as unit:
        found = await list_influencers(unit)
    if arguments.json:
        _print_json(found)
        return 0
    table = Table("influencer", "name", "age", "version", "", box=None)
    for one in found:
        table.add_row(one.slug, tame(one.name), one.age or "unstated", str(one.version), "" if one.active else "says nothing")
    open_console().print(table)
    return 0


def _print_json(found: object) -> None:
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(found)).decode())
