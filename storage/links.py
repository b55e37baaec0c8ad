"""Links: fan rows that are one person. Nothing is moved by a link, so that a split restores what was there before.

Facts, episodes and conversations keep the fan row under which they were learned; who reads looks over all rows of the person
(`person_fans` in SQL, `Fan.also` in a turn). At a split the source messages decide whose a fact is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, NotFound, Refused
from core.ids import new_id
from core.nouns import LinkTry, Message
from storage.marks import Marks
from storage.queries import Queries
from storage.unit import Unit

LINKS = Queries("links")
FACTS = Queries("facts")
MOST_TRIES = 5
TRIES_S = 3600.0
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that are read as another
_FOUR = f"([{LETTERS}]{{4}})"
CODE = re.compile(rf"/link\s+{_FOUR}[-\s]?{_FOUR}|{_FOUR}-{_FOUR}", re.IGNORECASE)


class Link(Struct, frozen=True):
    """Two fan rows said to be one person. `state`: proposed, confirmed, rejected or split; `way`: operator, code or handle."""

    id: UUID
    fan_id: UUID
    other_fan_id: UUID
    state: str
    way: str
    evidence: str
    confidence: float
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None


class Claim(Struct, frozen=True):
    """Why two fan rows should be one person: the way it is known, evidence in words, 0..1 how surely, who says so."""

    way: str
    evidence: str
    confidence: float
    by: str


async def person_of(unit: Unit, fan_id: UUID) -> list[UUID]:
    """Return all fan rows of a person. Raises `NotFound`."""
    found = [row.id for row in await LINKS["person"].all(unit, _Id, fan_id)]
    if not found:
        raise NotFound("There is no such fan.")
    return found


async def load_link(unit: Unit, link_id: UUID) -> Link:
    """Return one link. Raises `NotFound`."""
    return await LINKS["load"].one(unit, Link, link_id)


async def links_of(unit: Unit, fans: Sequence[UUID]) -> list[Link]:
    """Return all links of some fan rows, past ones too, newest first."""
    return await LINKS["of_person"].all(unit, Link, list(fans))


async def links_in(unit: Unit, state: str, limit: int = 100) -> list[Link]:
    """Return the agency's links in a state, newest first."""
    return await LINKS["in_state"].all(unit, Link, state, limit)


async def link(unit: Unit, fan_id: UUID, other: UUID, claim: Claim) -> Link:
    """Make two fan rows one person. Raises `BadInput`, `NotFound`, `Refused` when they are that already."""
    if fan_id == other:
        raise BadInput("A fan cannot be linked with itself; name two different fans.")
    if not claim.evidence.strip():
        raise BadInput("A link needs its evidence in words, for whoever looks at it later.")
    persons = await _lock(unit, fan_id, other)
    if other in await person_of(unit, fan_id):
        raise Refused("These two fans are one person already.")
    made: UUID = await LINKS["put"].value(
        unit, new_id(), fan_id, other, claim.way, claim.evidence.strip(), claim.confidence, claim.by
    )
    await LINKS["regroup"].run(unit, persons)
    return await load_link(unit, made)


async def confirm(unit: Unit, link_id: UUID, by: str) -> Link:
    """Make a proposal true. Raises `NotFound`, `Refused` when it was decided or they are one person already."""
    proposed = await load_link(unit, link_id)
    persons = await _lock(unit, proposed.fan_id, proposed.other_fan_id)
    if proposed.other_fan_id in await person_of(unit, proposed.fan_id):
        raise Refused("These two fans are one person already.")
    await _decide(unit, link_id, "confirmed", by)
    await LINKS["regroup"].run(unit, persons)
    return await load_link(unit, link_id)


async def reject(unit: Unit, link_id: UUID, by: str) -> Link:
    """Say that a proposal is not so. Raises `NotFound`, `Refused`."""
    await load_link(unit, link_id)
    await _decide(unit, link_id, "rejected", by)
    return await load_link(unit, link_id)


async def split(unit: Unit, link_id: UUID, by: str) -> Link:
    """Undo a link. Raises `NotFound`, `Refused` when it does not hold, or other links hold the two together."""
    ended = await load_link(unit, link_id)
    await _end(unit, ended, [link_id], by)
    return await load_link(unit, link_id)


async def split_fan(unit: Unit, fan_id: UUID, by: str) -> list[Link]:
    """Undo all links of one fan row; return them. Raises `NotFound`, `Refused` when there are none."""
    await person_of(unit, fan_id)
    holding = await LINKS["holding"].all(unit, Link, fan_id)
    if not holding:
        raise Refused("This fan is linked with nobody.")
    await _end(unit, holding[0], [one.id for one in holding], by)
    return [await load_link(unit, one.id) for one in holding]


async def look_up_code(unit: Unit, marks: Marks, conversation_id: UUID, said: Sequence[Message]) -> LinkTry | None:
    """Return what the first link code among some messages is worth in their conversation; none without one."""
    for message in said:
        if (code := read_code(message.text)) and unit.agency_id is not None:
            mark = marks.of_code(unit.agency_id, code)
            found = await LINKS["find_code"].one(unit, _Code, conversation_id, mark, MOST_TRIES, TRIES_S)
            return LinkTry(message.id, found.state, found.code_id)
    return None


def read_code(text: str) -> str | None:
    """Return the code that a message consists of ("K7QM-2XPD", "/link k7qm 2xpd"), in one writing."""
    stripped = text.strip()
    found = CODE.fullmatch(stripped)
    if found is None or (found[3] and stripped != stripped.upper()):
        return None
    return "".join(part for part in found.groups() if part).upper()


async def _lock(unit: Unit, *fans: UUID) -> list[UUID]:
    """Lock all rows of the persons of some fans, and what is written of them. Raises `NotFound`."""
    wanted = {row for fan in fans for row in await person_of(unit, fan)}
    while True:
        locked = {row.id for row in await LINKS["lock"].all(unit, _Id, sorted(wanted))}
        if not locked >= set(fans):
            raise NotFound("There is no such fan.")
        now = {row for fan in fans for row in await person_of(unit, fan)}
        if now <= locked:
            break
        wanted |= now  # somebody linked them a moment ago
    for fan in sorted(locked):
        await FACTS["lock_fan"].run(unit, fan)
    return sorted(locked)


async def _decide(unit: Unit, link_id: UUID, state: str, by: str) -> None:
    if not await LINKS["decide"].run(unit, link_id, state, by):
        raise Refused("This link was decided already.")


async def _end(unit: Unit, first: Link, links: Sequence[UUID], by: str) -> None:
    persons = await _lock(unit, first.fan_id, first.other_fan_id)
    ended = [await LINKS["end"].run(unit, link_id, by) for link_id in links]
    if not all(ended):
        raise Refused("This link does not hold: it was split, or never confirmed.")
    await LINKS["regroup"].run(unit, persons)
    if len(links) == 1 and first.other_fan_id in await person_of(unit, first.fan_id):
        raise Refused("Other links hold these two together; split the fan instead, which undoes all of its links.")
    await LINKS["divide_copy"].run(unit, persons)
    await LINKS["divide_reopen"].run(unit, persons)
    await LINKS["divide_sources"].run(unit, persons)


class _Id(Struct, frozen=True):
    id: UUID


class _Code(Struct, frozen=True):
    code_id: UUID | None
    state: str
