"""States an influencer's age."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace

from core.errors import Refused

HELP = "state how old an influencer is, 18 or more, as a new version; until then it says nothing"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whose age."""
    parser.add_argument("influencer", help="the influencer's short name, such as luna")
    parser.add_argument("years", type=int, help="the age in years")
    parser.add_argument("--note", default="the age was stated", metavar="WORDS", help="on what grounds")


def run(arguments: Namespace) -> int:
    """State it. Raises `Refused` below 18, `NotFound`, `Unavailable`."""
    print(asyncio.run(_state(arguments.influencer, arguments.years, arguments.note)))
    return 0


async def _state(slug: str, years: int, note: str) -> str:
    from cli.persona.load import take_in
    from cli.persona.sources import find, open_desk, read_name
    from personas.schema import ADULT, Persona

    if years < ADULT:
        raise Refused(f"The age is {years}; nobody here is younger than {ADULT}.")
    async with open_desk() as desk:
        influencer = await find(desk, read_name(slug))
        persona = Persona.from_document({**influencer.persona, "age": years})
        return (await take_in(desk, persona, note)).tell()
