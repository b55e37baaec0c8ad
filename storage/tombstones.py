"""Tombstones beside the database: a backup that is restored has not heard of whom we forgot since.

A copy of the marks lies among the private files; marks are keyed hashes and name nobody. What the table lacks is put back from
it, and then everybody whom a mark knows again is forgotten again.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import NotFound
from storage.forgetting import FORGETTING, Identity, forget
from storage.house import House
from storage.unit import Unit

PAGE = 1000
NOTHING = UUID(int=0)


class Tombstone(Struct, frozen=True):
    """A mark of who was forgotten: events dated up to `until` never come back."""

    mark: bytes
    kind: str
    until: datetime
    opted_out_at: datetime | None = None
    minor_signal_at: datetime | None = None


COPY = msgspec.json.Decoder(list[Tombstone])


async def mirror(house: House, agency_id: UUID) -> int:
    """Let table and copy hold the same tombstones; return how many the table had lost. Raises `Unavailable`."""
    copied = await _read_copy(house, agency_id)
    async with house.app.unit(agency_id) as unit:
        lost = await _put_back(unit, copied)
        standing = await FORGETTING["tombstones"].all(unit, Tombstone)
    if standing != copied:
        await house.blobs.put(_key(agency_id), msgspec.json.encode(standing), "application/json")
    return lost


async def forget_again(house: House, agency_id: UUID) -> int:
    """Forget anew whom a restored backup brought back; return how many persons. Raises `Unavailable`, `Refused`."""
    await mirror(house, agency_id)
    async with house.app.unit(agency_id) as unit:
        stones = {stone.mark: stone for stone in await FORGETTING["tombstones"].all(unit, Tombstone)}
    count, after = 0, NOTHING
    while True:
        async with house.app.unit(agency_id) as unit:
            page = await FORGETTING["known_identities"].all(unit, Identity, after, PAGE)
        for one in page:
            stone = stones.get(house.marks.of_identity(agency_id, one.platform, one.handle))
            if stone is not None and one.created_at <= stone.until:
                count += await _forget_if_there(house, agency_id, one.fan_id, stone.until)
        if len(page) < PAGE:
            return count
        after = page[-1].id


async def _forget_if_there(house: House, agency_id: UUID, fan_id: UUID, until: datetime) -> int:
    try:
        await forget(house, agency_id, fan_id, until)
    except NotFound:  # another identity of the same person came first
        return 0
    return 1


async def _put_back(unit: Unit, copied: list[Tombstone]) -> int:
    """Write what the table lacks; return how many it was."""
    standing = {stone.mark: stone.until for stone in await FORGETTING["tombstones"].all(unit, Tombstone)}
    lost = [stone for stone in copied if stone.mark not in standing or standing[stone.mark] < stone.until]
    for stone in lost:
        await FORGETTING["put_tombstone"].run(
            unit, stone.mark, stone.kind, stone.until, stone.opted_out_at, stone.minor_signal_at
        )
    return len(lost)


async def _read_copy(house: House, agency_id: UUID) -> list[Tombstone]:
    try:
        return COPY.decode(await house.blobs.get(_key(agency_id)))
    except NotFound:
        return []


def _key(agency_id: UUID) -> str:
    return f"tombstones/{agency_id.hex}.json"
