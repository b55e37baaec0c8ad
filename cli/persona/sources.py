"""Where a persona comes from: a folder, or an influencer's version in the running house, named as `luna` or `luna@3`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, NotFound

if TYPE_CHECKING:
    from core.nouns import Influencer
    from personas.schema import Persona
    from storage.house import House

A_PERSONA = "a persona's folder, or an influencer of the running house: luna, or luna@3 for its version 3"
VERSIONED = re.compile(r"(?P<slug>[a-z][a-z0-9-]{1,39})(?:@(?P<version>[0-9]{1,9}))?")


class Wanted(Struct, frozen=True):
    """An influencer's short name, and the number of a version; none: the one in force."""

    slug: str
    version: int | None = None


class Sourced(Struct, frozen=True):
    """A persona and what to call it: `luna version 3`, or its folder."""

    title: str
    persona: Persona


class Desk(Struct, frozen=True):
    """The running house, entered by the operator of this machine."""

    house: House
    agency_id: UUID
    operator: str


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    """Enter the running house. Raises `Unavailable` when none runs, `Misconfigured`, `Unauthorised`."""
    from cli.settings import read_settings
    from cli.stack.connection import connect
    from storage.accounts import find_operator
    from storage.house import open_house

    settings = connect(read_settings())
    try:
        token = (Path(settings.data_dir) / "secrets" / "operator.token").read_text().strip()
    except OSError:
        raise NotFound("There is no operator token in the data folder; run `muse up` once, which makes it.") from None
    async with open_house(settings, "persona", connections=2) as house:
        operator = await find_operator(house.app, token)
        yield Desk(house, operator.agency_id, operator.name)


def read_name(given: str) -> Wanted:
    """Read `luna` or `luna@3`. Raises `BadInput`."""
    match = VERSIONED.fullmatch(given)
    if match is None:
        raise BadInput(f"{given!r} is neither a folder nor an influencer's short name such as luna or luna@3.")
    return Wanted(match["slug"], int(match["version"]) if match["version"] else None)


def read_sources(*given: str) -> list[Sourced]:
    """Read personas from folders or the running house, which is entered only if one is wanted from there.

    Raises `Misconfigured` for a folder that is wrong, `NotFound`, `BadInput`, `Unavailable`.
    """
    from personas.loader import load_persona

    found = {one: Sourced(one, load_persona(Path(one))) for one in given if Path(one).is_dir()}
    wanted = {one: read_name(one) for one in given if one not in found}
    if wanted:
        found |= asyncio.run(_read_loaded(wanted))
    return [found[one] for one in given]


async def _read_loaded(wanted: dict[str, Wanted]) -> dict[str, Sourced]:
    from personas.schema import Persona

    async with open_desk() as desk:
        loaded = {given: await find(desk, one) for given, one in wanted.items()}
    return {
        given: Sourced(f"{one.slug} version {one.persona_version}", Persona.from_document(one.persona))
        for given, one in loaded.items()
    }


async def find(desk: Desk, wanted: Wanted) -> Influencer:
    """Return an influencer in the wanted version. Raises `NotFound`, naming those that there are."""
    from storage.accounts import find_influencer
    from storage.personas import find_version, list_influencers

    async with desk.house.app.unit(desk.agency_id) as unit:
        try:
            influencer = await find_influencer(unit, wanted.slug)
        except NotFound:
            known = ", ".join(one.slug for one in await list_influencers(unit))
            raise NotFound(f"There is no influencer {wanted.slug!r}; there are: {known or 'none'}.") from None
        return influencer if wanted.version is None else await find_version(unit, influencer.id, wanted.version)
