"""The queue of pictures: ordered in a commit, claimed under a lease with a fence, ended once, and its credits with it.

Postgres's clock decides who holds a picture. Whoever lost its lease, or was told that nobody wants it any more, writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import LeaseLost, MuseError, NotFound, Refused
from core.pictures import Judgement, PictureRequest, PictureWish
from storage.assets import decide
from storage.database import Database
from storage.queries import Queries
from storage.unit import Unit

JOBS = Queries("image_jobs")
AGEING_S = 120.0
"""After so many seconds a picture has moved up by one priority."""

FAN, PERSON, CALENDAR = 0, 1, 2
ENDED = ("done", "failed", "cancelled")


class Purse(Protocol):
    """The credits that pictures cost, booked in the transaction that makes the rest true."""

    async def reserve(self, unit: Unit, influencer_id: UUID, amount: int, job_id: UUID) -> None:
        """Set credits aside. Raises `Refused` where there are not as many."""
        ...

    async def spend(self, unit: Unit, job_id: UUID) -> None:
        """Take what was set aside."""
        ...

    async def give_back(self, unit: Unit, job_id: UUID) -> None:
        """Free what was set aside."""
        ...


class Order(Struct, frozen=True, kw_only=True):
    """One picture that somebody wants; `review`: why a person must look at the prompt first."""

    id: UUID
    influencer_id: UUID
    source: str
    wish: PictureWish
    request: PictureRequest
    cost: int
    priority: int
    adult_ok: bool = False
    conversation_id: UUID | None = None
    turn_id: UUID | None = None
    fan_id: UUID | None = None
    ordered_by: str | None = None
    review: str | None = None
    correlation_id: str | None = None


class Held(Struct, frozen=True):
    """The right to paint one picture, as a claim gave it out."""

    agency_id: UUID
    id: UUID
    fence: int
    attempts: int


class Claimed(Struct, frozen=True):
    """A picture that this worker paints now."""

    id: UUID
    agency_id: UUID
    influencer_id: UUID
    influencer: str
    conversation_id: UUID | None
    fan_id: UUID | None
    wish: PictureWish
    request: PictureRequest
    batch_key: str
    adult_ok: bool
    attempts: int
    fence: int
    correlation_id: str | None


class Looking(Struct, frozen=True):
    """How a claim looks for work: `most` in one call; a warm model may go before `look_ahead` others, for so many seconds."""

    most: int = 4
    look_ahead: int = 8
    look_ahead_s: float = 30.0
    lease_s: float = 15.0
    ageing_s: float = AGEING_S


class Unkeyed(Struct, frozen=True):
    """An order of which nobody has said yet what it may be painted with."""

    id: UUID
    request: PictureRequest


class _Row(Struct, frozen=True):
    id: UUID


class _Locked(Struct, frozen=True):
    id: UUID
    state: str
    asset_id: UUID | None


async def add(unit: Unit, purse: Purse, order: Order) -> None:
    """Order a picture and set its credits aside; the same id again changes nothing. Raises `Refused` without credits."""
    judged = None if order.review is None else Judgement("hold", (order.review,), "prompt")
    if order.cost > 0:
        await purse.reserve(unit, order.influencer_id, order.cost, order.id)
    await JOBS["add"].run(
        unit,
        order.id,
        order.influencer_id,
        order.source,
        order.conversation_id,
        order.turn_id,
        order.fan_id,
        order.ordered_by,
        msgspec.to_builtins(order.wish),
        msgspec.to_builtins(order.request),
        order.request.model,
        order.adult_ok,
        order.cost,
        order.priority,
        "queued" if order.review is None else "held",
        None if judged is None else msgspec.to_builtins(judged),
        order.correlation_id,
        AGEING_S,
    )


async def claim(database: Database, worker: str, warm: Sequence[str], how: Looking) -> list[Held]:
    """Lease what is to be painted next in one call of a painter, across agencies. Raises `Unavailable`."""
    async with database.statement() as unit:
        return await JOBS["claim"].all(
            unit, Held, worker, how.lease_s, how.most, list(warm), how.look_ahead, how.look_ahead_s, how.ageing_s
        )


async def load_claimed(unit: Unit, ids: Sequence[UUID], worker: str) -> list[Claimed]:
    """Return those of some pictures of this agency that this worker holds, in their order."""
    return await JOBS["claimed"].all(unit, Claimed, list(ids), worker)


async def keep(database: Database, held: Sequence[tuple[UUID, int, float]], lease_s: float) -> set[UUID]:
    """Keep leases alive, given as (id, fence, share done in 0..1); return the pictures that are still the holder's."""
    ids, fences, shares = [h[0] for h in held], [h[1] for h in held], [h[2] for h in held]
    async with database.statement() as unit:
        return {row.id for row in await JOBS["keep"].all(unit, _Row, ids, fences, shares, lease_s)}


async def list_unkeyed(unit: Unit, limit: int = 100) -> list[Unkeyed]:
    """Return orders whose batch key is not known."""
    return await JOBS["unkeyed"].all(unit, Unkeyed, limit)


async def set_key(unit: Unit, job_id: UUID, key: str) -> None:
    """Say what an order may be painted with."""
    await JOBS["set_key"].run(unit, job_id, key)


async def begin_finishing(unit: Unit, job_id: UUID, fence: int) -> None:
    """It is painted. Raises `LeaseLost`."""
    if not await JOBS["finishing"].run(unit, job_id, fence):
        raise LeaseLost("The picture is another worker's now, or nobody's.")


async def end(unit: Unit, purse: Purse, job: Claimed, asset_id: UUID, seconds: float, *, held: bool) -> None:
    """A picture was painted and kept: done, or held for a person. Raises `LeaseLost`; then nothing of it is true."""
    if not await JOBS["end"].value(unit, job.id, job.fence, "held" if held else "done", asset_id, seconds):
        raise LeaseLost("The picture is another worker's now, or nobody's.")
    if not held:
        await purse.spend(unit, job.id)


async def fail(
    unit: Unit, purse: Purse, job_id: UUID, fence: int | None, error: MuseError, judged: Judgement | None = None
) -> None:
    """Give a picture up, and its credits back. Raises `LeaseLost`."""
    verdict: Any = None if judged is None else msgspec.to_builtins(judged)
    if not await JOBS["fail"].value(unit, job_id, fence, type(error).__name__, str(error), verdict):
        raise LeaseLost("The picture is another worker's now, or nobody's.")
    await purse.give_back(unit, job_id)


async def put_back(unit: Unit, job: Claimed, after_s: float, error: MuseError, *, counted: bool = True) -> None:
    """Let a picture be tried again after some seconds. Raises `LeaseLost`."""
    if not await JOBS["put_back"].value(unit, job.id, job.fence, after_s, type(error).__name__, str(error), counted):
        raise LeaseLost("The picture is another worker's now, or nobody's.")


async def cancel(unit: Unit, purse: Purse, job_id: UUID, why: str, *, tell: bool = True) -> bool:
    """Take a picture back at once, and free its credits; false when it had ended already. Raises `NotFound`.

    `tell`: a fan who waits for it hears that it does not come.
    """
    if await JOBS["lock"].first(unit, _Locked, job_id) is None:
        raise NotFound("There is no such picture.")
    if not await JOBS["cancel"].value(unit, job_id, why, tell):
        return False
    await purse.give_back(unit, job_id)
    return True


async def cancel_for_fans(unit: Unit, purse: Purse, fans: Sequence[UUID], why: str) -> None:
    """Take back what is being made for some fans, and free its credits; they hear nothing of it."""
    for row in await JOBS["unmade_of_fans"].all(unit, _Row, list(fans)):
        await cancel(unit, purse, row.id, why, tell=False)


async def give_up_undecided(unit: Unit, purse: Purse, days: int, limit: int) -> int:
    """Give up pictures that nobody has decided about for so long, and their credits back; return how many."""
    waiting = await JOBS["undecided"].all(unit, _Row, days, limit)
    for row in waiting:
        await _give_up(unit, purse, await _lock_held(unit, row.id, "given up"), "nobody", "Nobody decided about it in time.")
    return len(waiting)


async def lock_person(unit: Unit, fan_id: UUID) -> None:
    """Hold the person of a fan row until the transaction ends, so that no two orders of theirs pass side by side."""
    await JOBS["lock_person"].value(unit, fan_id)


async def approve(unit: Unit, purse: Purse, job_id: UUID, operator: str) -> bool:
    """Let a held picture go on; return whether it is to be painted first. Raises `NotFound`, `Refused`."""
    locked = await _lock_held(unit, job_id, "approved")
    await JOBS["allow"].run(unit, job_id, operator)
    if locked.asset_id is None:
        return True
    await decide(unit, locked.asset_id, True, operator)
    await purse.spend(unit, job_id)
    return False


async def reject(unit: Unit, purse: Purse, job_id: UUID, operator: str) -> None:
    """Give a held picture up; the fan hears a kind word and pays nothing. Raises `NotFound`, `Refused`."""
    await _give_up(unit, purse, await _lock_held(unit, job_id, "rejected"), operator, f"{operator} rejected it.")


async def _give_up(unit: Unit, purse: Purse, held: _Locked, by: str, why: str) -> None:
    if held.asset_id is not None:
        await decide(unit, held.asset_id, False, by)
    await fail(unit, purse, held.id, None, Refused(why))


async def _lock_held(unit: Unit, job_id: UUID, what: str) -> _Locked:
    locked = await JOBS["lock"].first(unit, _Locked, job_id)
    if locked is None:
        raise NotFound("There is no such picture.")
    if locked.state != "held":
        raise Refused(f"The picture is {locked.state}; only a held one can be {what}.")
    return locked
