"""How long an agency keeps what was said and learned: a batch at a time, each its own short transaction, safe to repeat.

What is not done with stays: unanswered messages, drafts that wait, sends on their way. Files and index entries are noted for
the job that drops them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from storage.forgetting import note_pending
from storage.queries import Queries
from storage.unit import Unit

RETENTION = Queries("retention")
DISCLOSURES_KEPT = timedelta(days=3 * 365)
"""How long after it was shown the notice of a forgotten fan is kept, to prove that they were told."""

PURCHASES_KEPT = timedelta(days=10 * 365)
"""How long the purchase of a forgotten fan is kept, as books of account are."""

RESTS_KEPT = timedelta(days=365)
"""How long it is kept why nothing was offered to a fan; no rest lasts longer, whatever an agency says."""

Trim: TypeAlias = Callable[[Unit, datetime, int], Awaitable[int]]


class Kept(Struct, frozen=True):
    """How many days each kind is kept; none: for good. `traces` is how turns were thought."""

    messages: int | None = None
    episodes: int | None = None
    facts: int | None = None
    media: int | None = None
    traces: int | None = None


async def load_kept(unit: Unit) -> Kept:
    """Return how long the agency keeps what it has."""
    return await RETENTION["load"].one(unit, Kept)


async def set_kept(unit: Unit, kept: Kept) -> None:
    """Set how long the agency keeps what it has."""
    await RETENTION["set"].run(unit, kept.messages, kept.episodes, kept.facts, kept.media, kept.traces)


async def trim_messages(unit: Unit, before: datetime, limit: int) -> int:
    """Remove messages said before a moment that are done with, with their turns; return how many turns and messages it was.

    Posts that were proposed in chats go too, unless an operator has made them theirs, and count as messages. Pictures that were
    made for a fan go with the turn that ordered them.
    """
    besides = await RETENTION["drop_proposals"].run(unit, before, limit)
    turns = [row.id for row in await RETENTION["old_turns"].all(unit, _Id, before, limit)]
    alone = [row.id for row in await RETENTION["old_messages"].all(unit, _Id, before, limit)]
    if not turns and not alone:
        return besides
    await note_pending(unit, "blob", _items(await RETENTION["files_of"].all(unit, _Item, turns, alone)))
    await note_pending(unit, "vector", _items(await RETENTION["episodes_of"].all(unit, _Item, turns, alone)))
    await RETENTION["empty_events"].run(unit, turns, alone)
    await RETENTION["part_offers"].run(unit, turns)
    await RETENTION["drop_turns"].run(unit, turns)
    await RETENTION["drop_messages"].run(unit, alone)
    return len(turns) + len(alone) + besides


async def trim_episodes(unit: Unit, before: datetime, limit: int) -> int:
    """Remove episodes said, and summaries made, before a moment; return how many."""
    gone = await RETENTION["drop_episodes"].all(unit, _Item, before, limit)
    await note_pending(unit, "vector", _items(gone))
    return len(gone) // 2 + await RETENTION["drop_summaries"].run(unit, before, limit)


async def trim_facts(unit: Unit, before: datetime, limit: int) -> int:
    """Remove facts learned, and last said, before a moment; return how many."""
    gone = await RETENTION["drop_facts"].all(unit, _Item, before, limit)
    await note_pending(unit, "vector", _items(gone))
    return len(gone)


async def trim_media(unit: Unit, before: datetime, limit: int) -> int:
    """Let go of files sent before a moment; return how many."""
    gone = await RETENTION["drop_media"].all(unit, _Item, before, limit)
    await note_pending(unit, "blob", _items(gone))
    return len(gone)


async def trim_traces(unit: Unit, before: datetime, limit: int) -> int:
    """Empty the traces of turns before a moment; return how many."""
    return await RETENTION["empty_traces"].run(unit, before, limit)


TRIMS: dict[str, Trim] = {
    "messages": trim_messages,
    "episodes": trim_episodes,
    "facts": trim_facts,
    "media": trim_media,
    "traces": trim_traces,
}


async def expire(unit: Unit, now: datetime) -> int:
    """Remove old link codes, and what was kept of forgotten people beyond its term; return of how many nothing is left."""
    await RETENTION["drop_codes"].run(unit, now)
    await RETENTION["drop_rests"].run(unit, now - RESTS_KEPT)
    return int(await RETENTION["expire_kept"].value(unit, now - DISCLOSURES_KEPT, now - PURCHASES_KEPT))


def _items(rows: Sequence[_Item]) -> list[str]:
    return [row.item for row in rows if row.item]


class _Id(Struct, frozen=True):
    id: UUID


class _Item(Struct, frozen=True):
    item: str
