"""Makes a persona of a character card, in a folder or in the running house."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a command's imports are light
    from uuid import UUID

    from personas.cards.incoming import Imported
    from storage.house import House

HELP = "make a persona of a character card: V1, V2, V3 (JSON, PNG, CHARX) or an ElizaOS file; the card itself is kept"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the card and where it goes."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the card: .json, .png or .charx; what it links to is never fetched"
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="write it below this folder, under a name that is free there; else it goes into the running house",
    )


def run(arguments: Namespace) -> int:
    """Import it and say what came of it. Raises `BadInput` for a card that is refused, `Unavailable`."""
    from cli.cards.report import say, tell_import

    data, imported = read(arguments.file)
    if arguments.to is not None:
        from personas.cards.folders import write_folder

        folder = write_folder(arguments.to, imported.persona, data, imported.card.container)
        say(tell_import(imported, f"{folder}"))
        return 0
    slug = asyncio.run(_take_in(data, imported))
    say(tell_import(imported, f"{slug}, without an account yet"))
    return 0


def read(path: Path) -> tuple[bytes, Imported]:
    """Read a card's file and make a persona of it. Raises `BadInput`."""
    from core.clock import SystemClock
    from core.errors import BadInput
    from personas.cards.bounds import MOST_FILE_BYTES
    from personas.cards.card import read_card
    from personas.cards.incoming import import_card

    try:
        with path.open("rb") as file:
            data = file.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    return data, import_card(read_card(data, path.name), SystemClock().now().date())


async def _take_in(data: bytes, imported: Imported) -> str:
    from cli.accounts.owned import agency_of
    from cli.settings import read_settings
    from cli.stack.connection import connect
    from storage.house import open_house

    settings = connect(read_settings())
    async with open_house(settings, "cards", connections=2) as house:
        return await take_in(house, await agency_of(house, settings), data, imported)


async def take_in(house: House, agency_id: UUID, data: bytes, imported: Imported) -> str:
    """Make an influencer of an imported card under a short name that is free, keep the card, and return the name."""
    import hashlib

    from msgspec import to_builtins
    from msgspec.structs import replace

    from core.ids import new_id
    from personas.cards.slugs import candidates
    from storage.accounts import put_influencer
    from storage.cards import KeptCard, claim_slug, keep_bytes, put_card

    card = imported.card
    key = await keep_bytes(house.blobs, data, card.container)
    async with house.app.unit(agency_id) as unit:
        slug = await claim_slug(unit, candidates(imported.persona.slug), imported.persona.name)
        persona = replace(imported.persona, slug=slug)
        influencer = await put_influencer(unit, slug, persona.name, persona.to_document(), persona.checksum)
        kept = KeptCard(
            id=new_id(),
            influencer_id=influencer.id,
            persona_version_id=influencer.persona_version_id,
            spec=card.version,
            container=card.container,
            blob_key=key,
            sha256=hashlib.sha256(data).digest(),
            size=len(data),
            losses=to_builtins(imported.losses),
        )
        await put_card(unit, kept)
    return slug
