"""Writes a persona as a character card that other programs read."""

from __future__ import annotations

import asyncio
import io
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from uuid import UUID

    from personas.cards.card import Card
    from personas.schema import Persona
    from storage.house import House

HELP = "write a persona as a character card; an imported one comes out as it went in, with what was changed since laid over it"
FORMATS = ("v1", "v2", "v3")
CONTAINERS = ("json", "png", "charx")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whose card, of which version, in what."""
    parser.add_argument("name", metavar="NAME", help="an influencer of the running house, such as luna, or a persona's folder")
    parser.add_argument("--format", choices=FORMATS, default="v3", help="the version of the card (v3)")
    parser.add_argument("--as", dest="container", choices=CONTAINERS, default="json", help="json, png or charx (json)")
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write; one that is there is not overwritten")


def run(arguments: Namespace) -> int:
    """Write it and report what could not be carried. Raises `BadInput`, `NotFound`, `Misconfigured`, `Unavailable`."""
    from cli.cards.report import say, tell_losses
    from core.clock import SystemClock
    from personas.cards.card import put_into, write_card
    from personas.cards.export import export_card
    from personas.cards.fields import Loss

    if arguments.out.exists():
        raise BadInput(f"{arguments.out} is there already; name a new file.")
    persona, original = read(arguments.name)
    card, losses = export_card(persona, arguments.format, original, SystemClock().now().date())
    picture = draw(persona) if arguments.container == "png" and not card.chunks else None
    placed, left = put_into(card, arguments.container, picture)
    data = write_card(placed, indent=1)
    try:
        with arguments.out.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise BadInput(f"{arguments.out} cannot be written: {error.strerror}.") from None
    whole = [*losses, *(Loss(arguments.container, one) for one in left)]
    say([f"{persona.name} → {arguments.out}: {arguments.format.upper()} as {arguments.container.upper()}, {len(data)} bytes"])
    say(tell_losses(whole, "Could not be carried:") or ["  Everything was carried."])
    return 0


def read(name: str) -> tuple[Persona, Card | None]:
    """Return a persona and the card that it was imported from, if it was. Raises as `run` does."""
    from personas.cards.folders import kept_card
    from personas.loader import load_persona

    folder = Path(name)
    if folder.is_dir():
        return load_persona(folder), kept_card(folder)
    return asyncio.run(_read_loaded(name))


async def _read_loaded(slug: str) -> tuple[Persona, Card | None]:
    from cli.accounts.owned import agency_of
    from cli.settings import read_settings
    from cli.stack.connection import connect
    from storage.house import open_house

    settings = connect(read_settings())
    async with open_house(settings, "cards", connections=2) as house:
        return await find(house, await agency_of(house, settings), slug)


async def find(house: House, agency_id: UUID, slug: str) -> tuple[Persona, Card | None]:
    """Return an influencer's persona in force, and its kept card. Raises `NotFound`."""
    from cli.accounts.owned import influencer_of
    from personas.cards.card import read_card
    from personas.schema import Persona
    from storage.cards import find_card

    influencer = await influencer_of(house, agency_id, slug)
    async with house.app.unit(agency_id) as unit:
        kept = await find_card(unit, influencer.id)
    card = None if kept is None else read_card(await house.blobs.get(kept.blob_key), f"the kept card of {slug}")
    return Persona.from_document(influencer.persona), card


def draw(persona: Persona) -> bytes:
    """Return a PNG for a persona that has no picture: the house's own drawing in its colour, of nobody."""
    from PIL import Image

    from cli import vault

    likes = " ".join(word for fact in persona.biography for word in fact.about)
    picture = vault.draw_avatar(persona.name, persona.accent, likes)
    out = io.BytesIO()
    Image.open(io.BytesIO(picture.data)).save(out, "PNG")
    return out.getvalue()
