"""The queue of pictures: whose turn it is, what is painted together, and that nothing is painted twice."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from core.errors import LeaseLost, NotFound, Refused
from storage import image_jobs
from storage.accounts import put_influencer
from storage.house import House
from storage.image_jobs import CALENDAR, FAN, PERSON, Held, Looking
from storage.pictures import Filter, list_pictures, load_picture
from tests.conftest import Agency, TestDatabase, make_agency
from tests.studio.keeping import make_picture
from tests.workers.pictures_world import CountedPurse, order, states

ONE = Looking(most=1)


async def influencers(house: House, agency_id: UUID, *names: str) -> list[UUID]:
    """Write influencers."""
    async with house.app.unit(agency_id) as unit:
        return [(await put_influencer(unit, name, name.title(), {"name": name}, "sum")).id for name in names]


async def claim_all(house: House, how: Looking = ONE, warm: tuple[str, ...] = (), times: int = 100) -> list[UUID]:
    """Claim until nothing is left; return the pictures in the order in which they were given out."""
    got: list[UUID] = []
    for _ in range(times):
        held = await image_jobs.claim(house.app, "w", warm, how)
        if not held:
            break
        got += [one.id for one in held]
    return got


async def age(house: House, agency_id: UUID, job_id: UUID, seconds: float) -> None:
    """Make a picture older than it is."""
    async with house.app.unit(agency_id) as unit:
        await unit.connection.execute(
            "UPDATE image_jobs SET created_at = created_at - make_interval(secs => $2),"
            " rank_at = rank_at - make_interval(secs => $2) WHERE id = $1",
            job_id,
            seconds,
        )


async def test_influencers_take_turns_whoever_ordered_most(house: House, agency: Agency) -> None:
    luna, ines, theo = await influencers(house, agency.id, "luna", "ines", "theo")
    purse = CountedPurse()
    many = [await order(house, agency.id, luna, purse) for _ in range(5)]
    few = [await order(house, agency.id, ines, purse), await order(house, agency.id, theo, purse)]
    got = await claim_all(house)
    assert sorted(got[:3]) == sorted([many[0], *few])
    assert got[3:] == many[1:]


async def test_a_fan_goes_before_operators_and_they_before_the_calendar(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    calendar = await order(house, agency.id, luna, purse, priority=CALENDAR, source="calendar")
    person = await order(house, agency.id, luna, purse, priority=PERSON)
    fan = await order(house, agency.id, luna, purse, priority=FAN)
    assert await claim_all(house) == [fan, person, calendar]


async def test_whoever_waits_long_enough_comes_first(house: House, agency: Agency) -> None:
    luna, ines = await influencers(house, agency.id, "luna", "ines")
    purse = CountedPurse()
    calendar = await order(house, agency.id, luna, purse, priority=CALENDAR, source="calendar")
    await age(house, agency.id, calendar, 2 * image_jobs.AGEING_S + 1)
    fans = [await order(house, agency.id, who, purse, priority=FAN) for who in (luna, luna, ines)]
    got = await claim_all(house)
    assert got.index(calendar) < got.index(fans[0])
    assert got.index(calendar) <= 1  # beside the other influencer's first


async def test_agencies_share_one_queue_and_keep_apart(house: House, agency: Agency, database: TestDatabase) -> None:
    other = await make_agency(database.owner, "other")
    (luna,) = await influencers(house, agency.id, "luna")
    (mara,) = await influencers(house, other.id, "mara")
    purse = CountedPurse()
    ours, theirs = await order(house, agency.id, luna, purse), await order(house, other.id, mara, purse)
    held = [*await image_jobs.claim(house.app, "w", (), ONE), *await image_jobs.claim(house.app, "w", (), ONE)]
    assert {(one.agency_id, one.id) for one in held} == {(agency.id, ours), (other.id, theirs)}
    async with house.app.unit(agency.id) as unit:
        assert [one.id for one in await image_jobs.load_claimed(unit, [ours, theirs], "w")] == [ours]
        with pytest.raises(NotFound):
            await image_jobs.cancel(unit, purse, theirs, "not mine")


async def test_what_is_alike_is_painted_together(house: House, agency: Agency) -> None:
    luna, ines = await influencers(house, agency.id, "luna", "ines")
    purse = CountedPurse()
    alike = [await order(house, agency.id, who, purse) for who in (luna, ines, luna)]
    larger = await order(house, agency.id, luna, purse, size=128)
    held = await image_jobs.claim(house.app, "w", (), Looking(most=4))
    assert {one.id for one in held} == set(alike)
    assert [one.id for one in await image_jobs.claim(house.app, "w", (), Looking(most=4))] == [larger]


async def test_a_warm_model_goes_first_within_a_bound(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    cold = await order(house, agency.id, luna, purse, model="cold")
    warm = [await order(house, agency.id, luna, purse, model="warm") for _ in range(6)]
    got = await claim_all(house, Looking(most=1, look_ahead=3), ("warm",))
    assert got == [*warm[:3], cold, *warm[3:]]


async def test_a_batch_of_a_warm_model_keeps_to_the_bound(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    cold = await order(house, agency.id, luna, purse, model="cold")
    for _ in range(6):
        await order(house, agency.id, luna, purse, model="warm")
    first = await image_jobs.claim(house.app, "w", ("warm",), Looking(most=4, look_ahead=3))
    second = await image_jobs.claim(house.app, "w", ("warm",), Looking(most=4, look_ahead=3))
    assert len(first) == 3
    assert [one.id for one in second] == [cold]


async def test_a_warm_model_goes_first_for_so_long_only(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    cold = await order(house, agency.id, luna, purse, model="cold")
    warm = [await order(house, agency.id, luna, purse, model="warm") for _ in range(2)]
    how = Looking(most=1, look_ahead=100, look_ahead_s=30)
    assert [one.id for one in await image_jobs.claim(house.app, "w", ("warm",), how)] == warm[:1]
    async with house.app.unit(agency.id) as unit:
        await unit.connection.execute("UPDATE image_jobs SET overtaken_at = overtaken_at - interval '31 seconds'")
    assert [one.id for one in await image_jobs.claim(house.app, "w", ("warm",), how)] == [cold]


async def test_a_warm_model_never_lets_the_calendar_before_a_fan(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    fan = await order(house, agency.id, luna, purse, model="cold", priority=FAN)
    await order(house, agency.id, luna, purse, model="warm", priority=CALENDAR, source="calendar")
    assert (await claim_all(house, Looking(most=1, look_ahead=8), ("warm",)))[0] == fan


async def test_many_workers_at_once_take_each_picture_once(house: House, agency: Agency) -> None:
    who = await influencers(house, agency.id, "luna", "ines", "theo")
    purse = CountedPurse()
    made = [await order(house, agency.id, who[n % 3], purse, model=f"m{n % 2}") for n in range(60)]

    async def work(name: str) -> list[Held]:
        got: list[Held] = []
        while held := await image_jobs.claim(house.app, name, (f"m{len(name) % 2}",), Looking(most=3)):
            got += held
        return got

    taken = [one.id for mine in await asyncio.gather(*(work("w" * n) for n in range(1, 9))) for one in mine]
    assert sorted(taken) == sorted(made)


async def test_a_lease_that_ran_out_is_another_workers_and_its_first_writes_nothing(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    job_id = await order(house, agency.id, luna, purse)
    await order(house, agency.id, luna, purse)
    (lost,) = await image_jobs.claim(house.app, "dead", (), Looking(most=1, lease_s=0.001))
    async with house.app.unit(agency.id) as unit:
        (slow,) = await image_jobs.load_claimed(unit, [lost.id], "dead")
    await asyncio.sleep(0.01)
    again = await image_jobs.claim(house.app, "next", (), Looking(most=4))
    assert [(one.id, one.attempts) for one in again] == [(job_id, 2)]  # alone: it may be what killed the worker
    assert await image_jobs.keep(house.app, [(lost.id, lost.fence, 0.5)], 15.0) == set()
    with pytest.raises(LeaseLost):
        async with house.app.unit(agency.id) as unit:
            await image_jobs.end(unit, purse, slow, await make_picture(house, agency.id, luna, 1), 0.1, held=False)
    assert not purse.spent
    assert await image_jobs.keep(house.app, [(again[0].id, again[0].fence, 0.5)], 15.0) == {job_id}


async def test_cancelling_is_at_once_and_gives_the_credits_back(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse(available=4)
    queued, painted = await order(house, agency.id, luna, purse), await order(house, agency.id, luna, purse)
    with pytest.raises(Refused, match="no credits"):
        await order(house, agency.id, luna, purse)
    (held,) = await image_jobs.claim(house.app, "w", (), ONE)
    assert held.id == queued
    for job_id in (queued, painted):
        async with house.app.unit(agency.id) as unit:
            assert await image_jobs.cancel(unit, purse, job_id, "changed my mind")
        async with house.app.unit(agency.id) as unit:
            assert not await image_jobs.cancel(unit, purse, job_id, "again")
    assert await image_jobs.keep(house.app, [(held.id, held.fence, 0.5)], 15.0) == set()
    assert await claim_all(house) == []
    assert purse.available == 4
    assert await states(house, agency.id) == {"cancelled": 2}


async def test_a_held_prompt_waits_for_a_person_and_is_painted_then(house: House, agency: Agency) -> None:
    (luna,) = await influencers(house, agency.id, "luna")
    purse = CountedPurse()
    job_id = await order(house, agency.id, luna, purse)
    async with house.app.unit(agency.id) as unit:
        await unit.connection.execute("UPDATE image_jobs SET state = 'held'")
    assert await claim_all(house) == []
    async with house.app.unit(agency.id) as unit:
        assert await image_jobs.approve(unit, purse, job_id, "ann")
        with pytest.raises(Refused, match="queued"):
            await image_jobs.approve(unit, purse, job_id, "ann")
    assert await claim_all(house) == [job_id]
    assert not purse.spent


async def test_pictures_are_found_again(house: House, agency: Agency) -> None:
    luna, ines = await influencers(house, agency.id, "luna", "ines")
    purse = CountedPurse()
    beach = await order(house, agency.id, luna, purse, text="at the beach")
    kiln = await order(house, agency.id, ines, purse, text="beside the kiln")
    async with house.app.unit(agency.id) as unit:
        assert [row.id for row in await list_pictures(unit, Filter())] == [kiln, beach]
        assert [row.id for row in await list_pictures(unit, Filter(words="BEACH"))] == [beach]
        assert [row.id for row in await list_pictures(unit, Filter(influencer="ines"))] == [kiln]
        assert [row.id for row in await list_pictures(unit, Filter(states=("done",)))] == []
        assert [row.id for row in await list_pictures(unit, Filter(before=kiln, shape="portrait"))] == [beach]
        assert (await load_picture(unit, beach)).wish["text"] == "at the beach"
