"""Fans: who writes, what they were told, and whether they want to hear from us."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from core.ids import new_id
from core.nouns import Fan
from core.turns import FlagMinor, NoteDisclosure, OptOut
from storage.effects import EffectContext
from storage.queries import Queries
from storage.unit import Unit

FANS = Queries("fans")


async def load_fan(unit: Unit, conversation_id: UUID) -> Fan:
    """Return the fan of a conversation. Raises `NotFound`."""
    return await FANS["load"].one(unit, Fan, conversation_id)


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
    """Make `OptOut` true."""
    await FANS["opt_out"].run(unit, context.conversation.fan_id, effect.out)


async def flag_minor(unit: Unit, context: EffectContext, _effect: FlagMinor) -> None:
    """Make `FlagMinor` true."""
    await FANS["flag_minor"].run(unit, context.conversation.fan_id)


async def note_disclosure(unit: Unit, context: EffectContext, effect: NoteDisclosure) -> None:
    """Make `NoteDisclosure` true: a row in the ledger, and the conversation's mark."""
    await FANS["note_disclosure"].run(unit, new_id(), context.conversation.id, context.turn_id, effect.wording, effect.region)
    await FANS["mark_disclosed"].run(unit, context.conversation.id)
