"""Several limits in one booking: all or none, moments in a row, and a memory of one's own without Redis."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from storage.house import House
from storage.limiter import Booking, Limit, Limiter

SHARED = Limit("account:a", 10.0, 3, shared=True)
MIA, LEO = Limit("chat:mia", 100.0, 1, shared=False), Limit("chat:leo", 100.0, 1, shared=False)


@pytest.fixture(params=["redis", "without redis"])
def limiter(request: pytest.FixtureRequest, house: House) -> Limiter:
    """The same promises with Redis and without."""
    nowhere: Redis = Redis.from_url("redis://127.0.0.1:1/0")
    return Limiter(house.redis if request.param == "redis" else nowhere)


async def test_a_burst_passes_and_then_each_gets_its_own_moment(limiter: Limiter) -> None:
    found = [await limiter.book([SHARED], 60) for _ in range(6)]
    assert all(b.booked for b in found)
    assert [round(b.wait_s, -1) for b in found] == [0, 0, 0, 10, 20, 30]


async def test_a_chat_that_must_wait_takes_nothing_from_the_others(limiter: Limiter) -> None:
    assert (await limiter.book([MIA, SHARED], 60)).wait_s == 0
    for _ in range(5):
        again = await limiter.book([MIA, SHARED], 60)
        assert not again.booked
        assert 90 < again.wait_s <= 100
    assert (await limiter.book([LEO, SHARED], 60)) == Booking(0.0, booked=True)


async def test_a_moment_too_far_ahead_is_not_booked(limiter: Limiter) -> None:
    for _ in range(4):
        assert (await limiter.book([SHARED], 15)).booked
    later = await limiter.book([SHARED], 15)
    assert not later.booked
    assert 15 < later.wait_s <= 20
    assert round((await limiter.book([SHARED], 60)).wait_s, -1) == 20, "the moment is still free"


async def test_nothing_is_asked_where_nothing_is_limited(limiter: Limiter) -> None:
    assert await limiter.book([], 60) == Booking(0.0, booked=True)
