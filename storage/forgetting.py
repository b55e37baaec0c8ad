"""Forgetting a person: every row, file, index entry and trace, and a mark that keeps them forgotten.

One transaction takes the rows and leaves tombstones; what lies outside Postgres is noted in `pending_deletions` within it, and
a job makes that true, however often it is interrupted. A turn that is being thought finds no conversation and is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert

from core.errors import NotFound, Refused, Unavailable
from core.ids import new_id
from core.log import get_logger
from storage.house import House
from storage.links import person_of
from storage.marks import Marks
from storage.queries import Queries
from storage.traces import forget_traces
from storage.unit import Unit

FORGETTING = Queries("forgetting")
FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
OWN_PAGE = "webchat"  # its handles are ours and never come again: a cookie of a forgotten fan is worth nothing
SHORTEST = 3  # characters of a handle that is looked for in events which nobody could read
TRIES = 4
log = get_logger(__name__)


class Identity(Struct, frozen=True):
    """A handle on a platform."""

    id: UUID
    fan_id: UUID
    platform: str
    handle: str
    username: str | None
    created_at: datetime


class Forgotten(Struct, frozen=True):
    """What a forgetting took: counts of rows, index entries and files; `kept`: fan rows left that name nobody."""

    fans: int
    conversations: int
    events: int
    vectors: int
    files: int
    kept: int


class _Chat(Struct, frozen=True):
    id: UUID
    account_id: UUID
    platform_key: str


class _Stray(Struct, frozen=True):
    id: UUID
    account_id: UUID
    event_key: str
    body: bytes


class _Stone(Struct, frozen=True):
    mark: bytes
    kind: str
    until: datetime


class _Gone(Struct, frozen=True):
    counts: Forgotten
    chats: tuple[UUID, ...]
    names: tuple[str, ...]


async def forget(house: House, agency_id: UUID, fan_id: UUID, now: datetime) -> Forgotten:
    """Forget a person: the fan row and all that confirmed links join to it; what is dated up to `now` never comes back.

    Raises `NotFound`, `Refused` while a payment is being given back, `Unavailable`.
    """
    for attempt in range(1, TRIES + 1):
        try:
            async with house.app.unit(agency_id) as unit:
                gone = await _take(unit, house.marks, fan_id, now)
            break
        except Unavailable:  # two who lock in different orders: the other one is done when we come again
            if attempt == TRIES:
                raise
    log.info("fan_forgotten", conversations=gone.counts.conversations, events=gone.counts.events, files=gone.counts.files)
    for chat in gone.chats:
        await house.live.publish(chat, {"event": "gone"})
    for name in gone.names:
        if re.fullmatch(r"[0-9a-f]{32}", name):  # a page that waits for its first answer listens under its handle
            await house.live.publish(UUID(name), {"event": "gone"})
    await forget_traces(house.redis, [*(str(chat) for chat in gone.chats), *gone.names])
    await house.jobs.drop_remains(agency_id)
    return gone.counts


async def _take(unit: Unit, marks: Marks, fan_id: UUID, now: datetime) -> _Gone:
    fans = await person_of(unit, fan_id)
    chats = await FORGETTING["lock_chats"].all(unit, _Chat, fans)
    locked = [row.id for row in await FORGETTING["lock_fans"].all(unit, _Id, fans)]
    if fan_id not in locked:
        raise NotFound("There is no such fan, or they were forgotten already.")
    if sorted(await person_of(unit, fan_id)) != sorted(fans):
        raise Unavailable("The fan was linked or split a moment ago; try again.")
    if await FORGETTING["open_refunds"].value(unit, fans):
        raise Refused("A payment of this fan is being given back; forget them when that is done (muse purchases list).")
    identities = await FORGETTING["identities"].all(unit, Identity, fans)
    names = [*{one.handle for one in identities}, *{chat.platform_key for chat in chats}]
    strays = await _find_strays(unit, chats, names)
    stones = _stones(unit, marks, identities, chats, strays, now)
    counts: Any = await FORGETTING["forget"].value(
        unit, fans, [s.mark for s in stones], [s.kind for s in stones], [s.until for s in stones], [s.id for s in strays]
    )
    return _Gone(convert(counts, Forgotten), tuple(chat.id for chat in chats), tuple(set(names)))


async def _find_strays(unit: Unit, chats: Sequence[_Chat], names: Sequence[str]) -> list[_Stray]:
    """Return events without a conversation whose bodies name somebody as a word of its own; short names are not looked for."""
    accounts = sorted({chat.account_id for chat in chats})
    found: dict[UUID, _Stray] = {}
    for name in {name for name in names if len(name) >= SHORTEST}:
        whole = re.compile(rb"(?<![0-9A-Za-z_-])" + re.escape(name.encode()) + rb"(?![0-9A-Za-z_-])")
        for stray in await FORGETTING["strays"].all(unit, _Stray, accounts, name.encode()):
            if whole.search(stray.body):
                found[stray.id] = stray
    return list(found.values())


def _stones(
    unit: Unit,
    marks: Marks,
    identities: Sequence[Identity],
    chats: Sequence[_Chat],
    strays: Sequence[_Stray],
    now: datetime,
) -> list[_Stone]:
    agency = unit.agency_id
    if agency is None:
        raise ValueError("a person is forgotten inside an agency")
    stones = {
        marks.of_identity(agency, one.platform, one.handle): ("identity", FOR_EVER if one.platform == OWN_PAGE else now)
        for one in identities
    }
    stones |= {marks.of_chat(agency, chat.account_id, chat.platform_key): ("chat", now) for chat in chats}
    stones |= {marks.of_event(agency, stray.account_id, stray.event_key): ("event", FOR_EVER) for stray in strays}
    return [_Stone(mark, kind, until) for mark, (kind, until) in stones.items()]


class Pending(Struct, frozen=True):
    """What is gone from the rows and may still lie elsewhere: `kind` is vector (ids) or blob (keys)."""

    id: UUID
    kind: str
    items: list[str]
    passes: int


async def list_pending(unit: Unit) -> list[Pending]:
    """Return what may be seen to now."""
    return await FORGETTING["pending"].all(unit, Pending)


async def note_pending(unit: Unit, kind: str, items: Sequence[str]) -> None:
    """Have the job drop index entries (`vector`, ids) or files (`blob`, keys) that rows no longer name."""
    if items:
        await FORGETTING["put_pending"].run(unit, new_id(), kind, list(items))


async def put_off(unit: Unit, pending: Pending, after_s: float, *, done: bool) -> None:
    """Look again after some seconds; `done`: this pass went through."""
    await FORGETTING["put_off"].run(unit, pending.id, after_s, int(done))


async def settle(unit: Unit, pending: Pending) -> None:
    """It is gone everywhere."""
    await FORGETTING["settle"].run(unit, pending.id)


class _Id(Struct, frozen=True):
    id: UUID
