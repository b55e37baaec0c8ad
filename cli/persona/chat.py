"""Talks to a persona in the terminal, or to two at once."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.persona.sources import A_PERSONA
from core.errors import BadInput

if TYPE_CHECKING:
    from cli.persona.sources import Wanted

HELP = "talk to a persona in the terminal as a new fan, or to two versions side by side, before anybody else does"
MOST = 2


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whom to talk to."""
    parser.add_argument("persona", nargs="+", help=f"one or two of these: {A_PERSONA}; a folder is kept as a version first")
    parser.add_argument("--language", metavar="CODE", help="the language of the fan's app, such as es")
    parser.add_argument("-i", "--inside", action="store_true", help="show brain, notes and timings of each answer")
    parser.add_argument(
        "--patience", type=float, default=60.0, metavar="S", help="seconds that a line waits for its answers (60)"
    )


def run(arguments: Namespace) -> int:
    """Talk until /quit or the end of the input. Raises `Misconfigured` for a wrong folder, `NotFound`, `Unavailable`."""
    from cli.api_client import open_api
    from cli.persona.preview import Preview, converse
    from cli.settings import read_settings
    from cli.terminal import open_console

    if len(arguments.persona) > MOST:
        raise BadInput("Two can be talked to side by side, not more.")
    wanted = [_find(given) for given in arguments.persona]
    api = open_api(read_settings())
    previews = [Preview.begin(api, one.slug, one.version, arguments.language) for one in wanted]
    return converse(open_console(), previews, arguments.patience, inside=arguments.inside)


def _find(given: str) -> Wanted:
    """Return the version that is meant; a folder becomes one that is kept, and changes nothing for fans."""
    from cli.persona.sources import Wanted, read_name
    from personas.loader import load_persona

    if not Path(given).is_dir():
        return read_name(given)
    persona = load_persona(Path(given))

    async def keep() -> int:
        from cli.persona.load import take_in
        from cli.persona.sources import open_desk

        async with open_desk() as desk:
            return (await take_in(desk, persona, "tried out", keep=True)).version

    return Wanted(persona.slug, asyncio.run(keep()))
