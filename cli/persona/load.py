"""Takes a folder into the running house."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from cli.persona.sources import Desk
    from personas.schema import Persona

HELP = "take a folder into the running house: a new version of its influencer, or a new influencer"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder and what to make of it."""
    parser.add_argument("folder", type=Path, help="the persona's folder")
    parser.add_argument("--note", default="", metavar="WORDS", help="why, for whoever reads the list of versions")
    parser.add_argument("--keep", action="store_true", help="keep it as a version, and let the one in force speak on")
    parser.add_argument(
        "--page", action="store_true", help="give a new influencer a chat page; other accounts: muse account connect"
    )


def run(arguments: Namespace) -> int:
    """Load it and say what came of it. Raises `Misconfigured` with all that is wrong, `Refused`, `Unavailable`."""
    from personas.loader import load_persona

    persona = load_persona(arguments.folder)
    print(asyncio.run(_load(persona, arguments)))
    return 0


class Loaded(Struct, frozen=True):
    """What became of a persona: its version, whether that is new, in force, and whether the influencer is new."""

    persona: Persona
    version: int
    made: bool
    in_force: bool
    changed: bool
    fresh: bool

    def tell(self) -> str:
        """Say it in a sentence or two."""
        slug = self.persona.slug
        if self.fresh:
            more = "" if self.persona.speaks else f" It says nothing until its age is stated: muse persona age {slug} YEARS."
            return f"{self.persona.name} is here, as {slug} version {self.version}, without an account yet.{more}"
        if not self.in_force:
            return (
                f"Version {self.version} of {slug} is {'kept' if self.made else 'there already'}; the one in force speaks on."
            )
        return f"{slug} speaks by version {self.version} {'from the next turn on' if self.changed else 'already'}."


async def _load(persona: Persona, arguments: Namespace) -> str:
    from cli.persona.sources import open_desk

    async with open_desk() as desk:
        said = (await take_in(desk, persona, arguments.note, keep=arguments.keep)).tell()
        if arguments.page:
            said += await _open_page(desk, persona)
        return said


async def take_in(desk: Desk, persona: Persona, note: str, *, keep: bool = False) -> Loaded:
    """Make a version of a persona, in force or (with `keep`) only kept; a new influencer begins with it. Raises `Refused`."""
    from core.errors import NotFound
    from storage.accounts import find_influencer, name_influencer
    from storage.personas import Making, keep_version, load_version, put_version

    making = Making(persona.to_document(), persona.checksum, desk.operator, note)
    async with desk.house.app.unit(desk.agency_id) as unit:
        try:
            influencer_id, fresh = (await find_influencer(unit, persona.slug)).id, False
        except NotFound:
            influencer_id, fresh = await name_influencer(unit, persona.slug, persona.name), True
        version_id, made = await keep_version(unit, influencer_id, making)
        number = (await load_version(unit, version_id)).persona_version
        changed = False if keep and not fresh else await put_version(unit, influencer_id, making)
        in_force = (await find_influencer(unit, persona.slug)).persona_version == number
    return Loaded(persona, number, made, in_force, changed, fresh)


async def _open_page(desk: Desk, persona: Persona) -> str:
    from msgspec.structs import replace

    from cli.accounts.owned import account_at, influencer_of
    from storage.accounts import put_account

    influencer = await influencer_of(desk.house, desk.agency_id, persona.slug)
    account = await account_at(desk.house, influencer, "webchat", persona.slug)
    async with desk.house.app.unit(desk.agency_id) as unit:
        await put_account(unit, desk.house.seal, replace(account, inbound="page", sandbox=True))
    return f" Its chat page is /chat/{persona.slug}, or here: muse chat {persona.slug}"
