"""Credits: what generation may cost, as a double-entry ledger. Every movement takes from one place and gives to another.

An influencer draws on its own quota where one is set, else on the agency's grant. An agency that was never granted any has no
limit: what it uses is booked all the same. Nothing ever goes below zero, whoever moves at the same time.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput, NotFound, Refused
from core.ids import new_id
from storage.database import Database
from storage.queries import Queries
from storage.seal import Seal
from storage.unit import Unit

CREDITS = Queries("credits")
MOST = 1_000_000_000
"""The largest amount that is moved at once."""

SECRET, PREVIOUS = "top_up", "top_up_previous"


class Balance(Struct, frozen=True):
    """What may be used (none: without limit), what is set apart for jobs under way, what is spent; in credits."""

    available: int | None
    reserved: int
    spent: int


class Use(Struct, frozen=True):
    """One influencer's credits; a `quota` of none draws on the agency's."""

    influencer_id: UUID
    influencer: str
    quota: int | None
    reserved: int
    spent: int


class Movement(Struct, frozen=True):
    """One movement: `source` and `target` are outside, grant, quota, reserved or spent; `amount` is above zero."""

    id: UUID
    made_at: datetime
    kind: str
    source: str
    target: str
    amount: int
    influencer: str | None
    job_id: UUID | None
    made_by: str
    note: str


class _Used(Struct, frozen=True):
    reserved: int
    spent: int


class _Sealed(Struct, frozen=True):
    agency_id: UUID
    name: str
    sealed: bytes


async def reserve(unit: Unit, influencer_id: UUID, amount: int, job_id: UUID) -> None:
    """Set credits apart for a job; a repeat for the same job changes nothing, also after it was settled.

    Raises `Refused` when the influencer's quota or the agency has fewer, `BadInput` for an amount below one, `NotFound`.
    """
    _check_amount(amount)
    became = await CREDITS["reserve"].value(unit, new_id(), influencer_id, amount, job_id)
    if became == "nobody":
        raise NotFound("There is no such influencer.")
    if became in ("agency", "influencer"):
        whose = "this influencer's quota" if became == "influencer" else "the agency"
        raise Refused(f"There are no credits for this: it costs {amount}, and {whose} has fewer left.")


async def spend(unit: Unit, job_id: UUID) -> None:
    """The job is done and its credits are used. What was settled before stays as it is, and so does an unknown job."""
    await CREDITS["settle"].value(unit, new_id(), job_id, True)


async def give_back(unit: Unit, job_id: UUID) -> None:
    """The job came to nothing and its credits are free again. What was settled before stays, and so does an unknown job."""
    await CREDITS["settle"].value(unit, new_id(), job_id, False)


async def balance(unit: Unit, influencer_id: UUID) -> Balance:
    """Return what an influencer may use now, and has used."""
    return await _balance(unit, influencer_id)


async def agency_balance(unit: Unit) -> Balance:
    """Return what the agency may use beside its influencers' quotas, and what all of it has used."""
    return await _balance(unit, None)


async def list_uses(unit: Unit) -> list[Use]:
    """Return the credits of every influencer."""
    return await CREDITS["uses"].all(unit, Use)


async def history(
    unit: Unit, influencer_id: UUID | None = None, before: UUID | None = None, limit: int = 100
) -> list[Movement]:
    """Return movements, newest first; `before` is the last one of the page that was read."""
    return await CREDITS["history"].all(unit, Movement, influencer_id, before, limit)


async def grant(unit: Unit, amount: int, made_by: str, note: str = "", key: str | None = None) -> bool:
    """Give the agency credits; a negative amount takes back what is unused. The same `key` is booked once: then false.

    Raises `Refused` when there is less to be taken back, `BadInput` for an amount of zero or beyond all bounds.
    """
    return await _grant(unit, "grant", amount, key or f"grant:{new_id()}", made_by, note)


async def top_up(unit: Unit, amount: int, webhook_id: str, note: str = "") -> bool:
    """Book what a shop outside sold, once per webhook; false for one that was booked before. Raises `BadInput`."""
    _check_amount(amount)
    return await _grant(unit, "top_up", amount, f"top_up:{webhook_id}", "webhook", note)


async def set_quota(unit: Unit, influencer_id: UUID, amount: int | None, made_by: str, note: str = "") -> None:
    """Let an influencer use so many credits from now on and no more; none: it draws on the agency's again.

    Raises `Refused` when the agency has fewer, `BadInput` for a negative amount, `NotFound`.
    """
    if amount is not None and not 0 <= amount <= MOST:
        raise BadInput(f"A quota is between 0 and {MOST} credits.")
    became = await CREDITS["set_quota"].value(unit, new_id(), influencer_id, amount, made_by, note)
    if became == "nobody":
        raise NotFound("There is no such influencer.")
    if became == "short":
        raise Refused("The agency has not so many credits left; grant it some first.")


async def find_shop(database: Database, seal: Seal, slug: str) -> tuple[UUID, list[str]] | None:
    """Return the agency of that short name and the keys that its shop signs with; nothing for an unknown one."""
    async with database.unit() as unit:
        found = await CREDITS["agency"].value(unit, slug)
    if found is None:
        return None
    agency_id = UUID(str(found))
    async with database.unit(agency_id) as unit:
        return agency_id, list((await _secrets(unit, seal)).values())


async def agency_slug(unit: Unit) -> str:
    """Return the short name by which a shop outside speaks of this agency."""
    return str(await CREDITS["slug"].value(unit))


async def renew_secret(unit: Unit, seal: Seal, secret: str) -> None:
    """Take a new key for top-ups; the one before it holds until `drop_old_secret`. Raises `Refused` while two hold."""
    known = await _secrets(unit, seal)
    if PREVIOUS in known:
        raise Refused("Two keys hold already; forget the older one first (--drop-old).")
    if SECRET in known:
        await _put_secret(unit, seal, PREVIOUS, known[SECRET])
    await _put_secret(unit, seal, SECRET, secret)


async def drop_old_secret(unit: Unit) -> None:
    """Forget the older of two keys. Raises `Refused` where there is but one."""
    if await CREDITS["drop_secret"].run(unit, PREVIOUS) == 0:
        raise Refused("There is no older key.")


async def _balance(unit: Unit, influencer_id: UUID | None) -> Balance:
    limit = await CREDITS["limit"].value(unit, influencer_id)
    used = await CREDITS["used"].one(unit, _Used, influencer_id)
    return Balance(limit, used.reserved, used.spent)


async def _grant(unit: Unit, kind: str, amount: int, key: str, made_by: str, note: str) -> bool:
    if not 0 < abs(amount) <= MOST:
        raise BadInput(f"An amount is between 1 and {MOST} credits.")
    became = await CREDITS["grant"].value(unit, new_id(), kind, amount, key, made_by, note)
    if became == "short":
        raise Refused("The agency has not so many unused credits.")
    return bool(became == "moved")


async def _secrets(unit: Unit, seal: Seal) -> dict[str, str]:
    return {row.name: seal.open(row.agency_id, row.name, row.sealed) for row in await CREDITS["secrets"].all(unit, _Sealed)}


async def _put_secret(unit: Unit, seal: Seal, name: str, secret: str) -> None:
    if unit.agency_id is None:
        raise NotFound("There is no such agency.")
    await CREDITS["put_secret"].run(unit, name, seal.close(unit.agency_id, name, secret))


def _check_amount(amount: int) -> None:
    if not 1 <= amount <= MOST:
        raise BadInput(f"An amount is between 1 and {MOST} credits.")
