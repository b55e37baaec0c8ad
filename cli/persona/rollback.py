"""Lets an older version speak again."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

HELP = "let another version speak from the next turn on; nothing is deleted, and it can be undone the same way"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare which version."""
    parser.add_argument("influencer", help="the influencer's short name, such as luna")
    parser.add_argument("version", type=int, help="the number of the version, as muse persona versions shows it")
    parser.add_argument("--note", default="", metavar="WORDS", help="why, for whoever reads the list of versions")


def run(arguments: Namespace) -> int:
    """Do it. Raises `NotFound`, `Refused` for a version without an age, `Unavailable`."""
    print(asyncio.run(_roll_back(arguments)))
    return 0


async def _roll_back(arguments: Namespace) -> str:
    from cli.persona.sources import find, open_desk, read_name
    from storage.personas import roll_back

    async with open_desk() as desk:
        before = await find(desk, read_name(arguments.influencer))
        async with desk.house.app.unit(desk.agency_id) as unit:
            after = await roll_back(unit, before.id, arguments.version, desk.operator, arguments.note)
    if before.persona_version == after.persona_version:
        return f"{after.slug} speaks by version {after.persona_version} already."
    number, was = after.persona_version, before.persona_version
    return f"{after.slug} speaks by version {number} from the next turn on, no longer by version {was}."
