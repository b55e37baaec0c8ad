"""Fans: who writes, what they were told, and whether they want to hear from us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, NotFound
from core.ids import new_id
from core.nouns import Fan
from core.turns import FlagMinor, NoteDisclosure, OptOut
from storage import credits, image_jobs
from storage.effects import EffectContext
from storage.queries import Queries
from storage.restraint import fans_of
from storage.unit import Unit

FANS = Queries("fans")
DELIVERIES = Queries("deliveries")
LEAST_OF_ID = 4  # characters of an id that name a fan


class FanRow(Struct, frozen=True):
    """One identity of a fan, as an operator sees it. `person_id` is shared by linked fans, and none where there is no link."""

    id: UUID
    platform: str
    handle: str
    username: str | None
    name: str | None
    person_id: UUID | None
    created_at: datetime
    opted_out: bool
    minor_signal: bool


async def load_fan(unit: Unit, conversation_id: UUID) -> Fan:
    """Return the fan of a conversation. Raises `NotFound`."""
    return await FANS["load"].one(unit, Fan, conversation_id)


async def search_fans(unit: Unit, words: str, limit: int = 50) -> list[FanRow]:
    """Return fans whose name, handle or id holds some words, newest first."""
    return await FANS["find"].all(unit, FanRow, words.strip(), limit)


async def list_person(unit: Unit, fans: Sequence[UUID]) -> list[FanRow]:
    """Return the identities behind some fan rows."""
    return await FANS["of_person"].all(unit, FanRow, list(fans))


async def resolve_fan(unit: Unit, given: str) -> UUID:
    """Return the fan whom an id, the beginning or end of one, or platform/handle names. Raises `NotFound`, `BadInput`."""
    platform, slash, handle = given.partition("/")
    if slash:
        found = await find_fan(unit, platform, handle)
        if found is None:
            raise NotFound(f"Nobody has written as {given} yet.")
        return found
    if len(given) < LEAST_OF_ID:
        raise BadInput("Name a fan as platform/handle, or by at least four characters of its id; type: muse fan list")
    typed = given.lower().replace("-", "")
    fans = {row.id for row in await FANS["find"].all(unit, FanRow, given, 50)}
    named = {fan for fan in fans if fan.hex.startswith(typed) or fan.hex.endswith(typed)}
    if len(named) != 1:
        raise NotFound(f"{'Several fans have' if named else 'No fan has'} an id that begins or ends with {given!r}.")
    return named.pop()


async def add_page_fan(unit: Unit, platform: str, handle: str, confirmed_at: datetime, language: str | None) -> None:
    """Make the fan who just said at our own door to be an adult."""
    fan_id = new_id()
    await FANS["add"].run(unit, fan_id, None, language, confirmed_at)
    await FANS["add_identity"].run(unit, new_id(), fan_id, platform, handle)


async def find_fan(unit: Unit, platform: str, handle: str) -> UUID | None:
    """Return the fan behind a platform's handle, if known."""
    found = await FANS["by_handle"].value(unit, platform, handle)
    return None if found is None else UUID(str(found))


async def apply_opt_out(unit: Unit, context: EffectContext, effect: OptOut) -> None:
    """Make `OptOut` true: what waits to be said or made for the fan is not; the answer of this very turn comes after it."""
    fan_id = context.conversation.fan_id
    await FANS["opt_out"].run(unit, fan_id, effect.out)
    if effect.out:
        await _stop(unit, [fan_id], "the fan asked for no messages")


async def flag_minor(unit: Unit, context: EffectContext, _effect: FlagMinor) -> None:
    """Make `FlagMinor` true: what waits to be said or made for the person, in whichever chat, is not."""
    fan_id = context.conversation.fan_id
    await FANS["flag_minor"].run(unit, fan_id)
    await _stop(unit, await fans_of(unit, fan_id), "the fan may be under age")


async def _stop(unit: Unit, fans: Sequence[UUID], why: str) -> None:
    await DELIVERIES["drop_for_fans"].run(unit, list(fans), why)
    await image_jobs.cancel_for_fans(unit, credits, fans, f"Taken back: {why}.")


async def note_disclosure(unit: Unit, context: EffectContext, effect: NoteDisclosure) -> None:
    """Make `NoteDisclosure` true: a row in the ledger, and the conversation's mark."""
    shown = (effect.wording, effect.region, effect.occasion, effect.key, context.account.platform)
    await FANS["note_disclosure"].run(unit, new_id(), context.conversation.id, context.turn_id, *shown)
    await FANS["mark_disclosed"].run(unit, context.conversation.id)
