"""Raw events grow old: bodies go, keys stay to know a repeat, and all of it is bounded."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from core.nouns import Account
from storage import events
from storage.house import House
from tests.conftest import Agency, TestDatabase, make_agency
from tests.storage.world import make_account, message, send_in
from workers.jobs import trim_events as job


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    return await make_account(house, agency.id)


async def age(database: TestDatabase, days: float, agency: UUID | None = None) -> None:
    """Make all events (of an agency) older: their ids say when they came in."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "UPDATE raw_events SET id = uuid_of(now() - $1::interval, true), received_at = now() - $1::interval"
        " WHERE $2::uuid IS NULL OR agency_id = $2",
        timedelta(days=days), agency,
    )  # fmt: skip
    await owner.close()


async def left(database: TestDatabase) -> list[tuple[str, bool]]:
    owner = await asyncpg.connect(database.owner)
    rows = await owner.fetch("SELECT event_key, body IS NOT NULL AS kept FROM raw_events ORDER BY event_key")
    await owner.close()
    return [(row["event_key"], row["kept"]) for row in rows]


async def trim(house: House, agency: UUID, limit: int = 100) -> tuple[int, int]:
    async with house.app.unit(agency) as unit:
        return await events.trim_bodies(unit, 30, limit), await events.trim_keys(unit, events.KEYS_DAYS, limit)


async def test_a_body_goes_and_a_late_repeat_is_still_known(house: House, account: Account, database: TestDatabase) -> None:
    await send_in(house, account, message("hi", 1))
    await age(database, 31)
    await send_in(house, account, message("new", 2))
    assert await trim(house, account.agency_id) == (1, 0)
    assert await left(database) == [("7-1", False), ("7-2", True)]
    (again,) = await send_in(house, account, message("hi", 1))
    assert not again.fresh
    assert await trim(house, account.agency_id) == (0, 0), "what was trimmed is not looked at again"


async def test_a_key_goes_after_a_year_and_its_message_is_known_by_itself(
    house: House, account: Account, database: TestDatabase
) -> None:
    await send_in(house, account, message("hi", 1))
    await age(database, events.KEYS_DAYS + 1)
    assert await trim(house, account.agency_id) == (1, 1)
    assert await left(database) == []
    (again,) = await send_in(house, account, message("hi", 1))
    assert (again.fresh, again.message_id, again.wait_s) == (True, None, None)


async def test_batches_are_bounded_and_go_on_where_they_ended(house: House, account: Account, database: TestDatabase) -> None:
    await send_in(house, account, *(message("hi", n) for n in range(5)))
    await age(database, 31)
    assert [(await trim(house, account.agency_id, limit=2))[0] for _ in range(4)] == [2, 2, 1, 0]
    assert not any(kept for _, kept in await left(database))


async def test_each_agency_trims_its_own(house: House, account: Account, database: TestDatabase) -> None:
    other = await make_agency(database.owner, "other")
    theirs = await make_account(house, other.id, "nova")
    await send_in(house, account, message("hi", 1))
    await send_in(house, theirs, message("ho", 2))
    await age(database, 31)
    assert await trim(house, other.id) == (1, 0)
    assert await left(database) == [("7-1", True), ("7-2", False)]


async def test_the_job_goes_through_all_agencies(
    house: House, account: Account, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "BATCH", 2)
    other = await make_agency(database.owner, "other")
    theirs = await make_account(house, other.id, "nova")
    await send_in(house, account, *(message("hi", n) for n in range(5)))
    await send_in(house, theirs, message("ho", 9))
    await age(database, 31)
    await age(database, events.KEYS_DAYS + 1, other.id)
    await job.trim_events({"engine": Desk(house)})
    assert await left(database) == [(f"7-{n}", False) for n in range(5)]


class Desk:
    """The two parts of an engine that the job uses."""

    def __init__(self, house: House) -> None:
        self.house, self.settings = house, Days()


class Days:
    """The one setting."""

    raw_events_days = 30
