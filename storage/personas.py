"""Versions of a persona: kept for good, one of them in force. The same content is the same version."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from core.ids import new_id
from core.nouns import Influencer
from storage.queries import Queries
from storage.unit import Unit

PERSONAS = Queries("personas")
ADULT = 18
LIBRARY = "library"
"""Who made what came with Muse. Whatever else is in force was put there by a person, and no sample replaces it."""


class Making(Struct, frozen=True):
    """A version to be: its document as JSON, the checksum of its content, who makes it and why."""

    document: dict[str, Any]
    checksum: str
    made_by: str
    note: str = ""


class Version(Struct, frozen=True):
    """One version. `used_at`, `used_by` and `used_note` tell of the last time it came into force, if ever; `turns` it spoke."""

    id: UUID
    version: int
    checksum: str
    made_by: str
    note: str
    created_at: datetime
    in_force: bool
    used_at: datetime | None
    used_by: str | None
    used_note: str | None
    turns: int


class Listed(Struct, frozen=True):
    """An influencer of the agency with its version in force; `age` is none while nobody has stated it."""

    slug: str
    name: str
    active: bool
    version: int
    age: str | None


class _Locked(Struct, frozen=True):
    id: UUID
    slug: str
    name: str
    active: bool
    persona_version_id: UUID | None


class _Id(Struct, frozen=True):
    id: UUID


async def keep_version(unit: Unit, influencer_id: UUID, making: Making) -> tuple[UUID, bool]:
    """Keep a version of an influencer without letting it speak; return its id, and whether it is new.

    Raises `NotFound`, and `Refused` for anybody who is not an adult.
    """
    if isinstance(age := making.document.get("age"), int | float) and age < ADULT:
        raise Refused(f"The persona's age is {age:g}; nobody here is younger than {ADULT}.")
    await PERSONAS["lock_influencer"].one(unit, _Locked, influencer_id)
    same = await PERSONAS["same"].first(unit, _Id, influencer_id, making.checksum)
    if same is not None:
        return same.id, False
    version_id = new_id()
    values = (making.document, making.checksum, making.made_by, making.note)
    await PERSONAS["add"].value(unit, version_id, influencer_id, *values)
    return version_id, True


async def use_version(unit: Unit, influencer_id: UUID, version_id: UUID, made_by: str, note: str = "") -> bool:
    """Let an influencer speak by one of its versions from its next turn on; return whether that changed anything.

    Raises `Refused` for a version without an age where the one in force has one: an influencer that speaks has an age.
    """
    locked = await PERSONAS["lock_influencer"].one(unit, _Locked, influencer_id)
    if locked.persona_version_id == version_id:
        return False
    wanted = await load_version(unit, version_id)
    if locked.persona_version_id is not None and locked.active and not states_age(wanted.persona):
        raise Refused(
            f"Version {wanted.persona_version} of {locked.slug} states no age, and {locked.slug} speaks to fans; "
            "state the age in it first."
        )
    await PERSONAS["use"].run(unit, influencer_id, version_id)
    await PERSONAS["note_use"].run(unit, new_id(), influencer_id, version_id, made_by, note)
    return True


async def put_version(unit: Unit, influencer_id: UUID, making: Making) -> bool:
    """Keep a version and let it speak, under the name that it gives itself; return whether that changed anything.

    Raises `NotFound`, and `Refused` as `use_version` does.
    """
    version_id, _ = await keep_version(unit, influencer_id, making)
    changed = await use_version(unit, influencer_id, version_id, making.made_by, making.note)
    if changed and (name := making.document.get("name")):
        await PERSONAS["rename"].run(unit, influencer_id, str(name))
    return changed


async def roll_back(unit: Unit, influencer_id: UUID, number: int, made_by: str, note: str = "") -> Influencer:
    """Let an older version (or a newer one) speak again; return it. Raises `NotFound`, naming the versions, and `Refused`."""
    wanted = await find_version(unit, influencer_id, number)
    if await use_version(unit, influencer_id, wanted.persona_version_id, made_by, note):
        await PERSONAS["rename"].run(unit, influencer_id, str(wanted.persona.get("name") or wanted.name))
    return await find_version(unit, influencer_id, number)


async def list_versions(unit: Unit, influencer_id: UUID) -> list[Version]:
    """Return the versions of an influencer, newest first."""
    return await PERSONAS["versions"].all(unit, Version, influencer_id)


async def list_influencers(unit: Unit) -> list[Listed]:
    """Return the influencers of the agency, by short name."""
    return await PERSONAS["list"].all(unit, Listed)


async def find_version(unit: Unit, influencer_id: UUID, number: int) -> Influencer:
    """Return an influencer as its version of that number speaks. Raises `NotFound`, naming those there are."""
    found = await PERSONAS["by_number"].first(unit, Influencer, influencer_id, number)
    if found is None:
        known = ", ".join(str(one.version) for one in reversed(await list_versions(unit, influencer_id)))
        raise NotFound(f"There is no version {number}; there are: {known or 'none'}.")
    return found


async def load_version(unit: Unit, version_id: UUID) -> Influencer:
    """Return an influencer as a version speaks. Raises `NotFound`."""
    return await PERSONAS["by_id"].one(unit, Influencer, version_id)


async def is_library(unit: Unit, influencer_id: UUID) -> bool:
    """Say whether what is in force came with Muse, and no person has put another version there since."""
    return await PERSONAS["latest_use"].value(unit, influencer_id) in (LIBRARY, None)


async def may_speak(unit: Unit, influencer_id: UUID) -> bool:
    """Say whether an influencer may speak: somebody has stated its age."""
    return bool(await PERSONAS["is_active"].value(unit, influencer_id))


async def open_preview(unit: Unit, account_id: UUID, version_id: UUID, platform: str, handle: str) -> UUID:
    """Open a conversation between a known handle and one version, whichever is in force; return its id."""
    conversation_id = new_id()
    await PERSONAS["open_preview"].run(unit, conversation_id, account_id, version_id, platform, handle)
    return conversation_id


def states_age(document: dict[str, Any]) -> bool:
    """Say whether a persona's document states an age; what is no persona at all has none to state."""
    return document.get("age", 0) is not None
