"""What stands on Redis: limits, locks, live events, wake-ups, signs of life; and that none of it is needed."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from core.ids import new_id
from storage.house import House
from storage.jobs import QUEUE
from storage.limiter import Limiter
from storage.live import Live
from storage.locks import Locks
from storage.presence import WorkerSign, look, show


async def test_a_limit_lets_a_burst_through_and_then_says_how_long_to_wait(house: House) -> None:
    waits = [await house.limiter.wait_for("fan", per_minute=60, burst=3) for _ in range(4)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert 0.5 < waits[3] <= 1.0
    assert await house.limiter.wait_for("another", per_minute=60, burst=3) == 0.0


async def test_a_lock_has_one_holder(house: House) -> None:
    assert await house.locks.hold("poller", "a", 30)
    assert await house.locks.hold("poller", "a", 30), "its holder may keep it"
    assert not await house.locks.hold("poller", "b", 30)
    assert await house.locks.pass_once("sweep:1", 30)
    assert not await house.locks.pass_once("sweep:1", 30)


async def test_live_events_reach_who_listens_to_that_conversation(house: House) -> None:
    mine, other = new_id(), new_id()
    hearing = asyncio.create_task(house.live.run())
    try:
        async with house.live.subscribe(mine) as queue:
            await queue.get()  # told to read anew once listening
            await house.live.publish(other, {"event": "change"})
            await house.live.publish(mine, {"event": "typing", "seconds": 5})
            assert await asyncio.wait_for(queue.get(), 5) == {"event": "typing", "seconds": 5}
            assert queue.empty()
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def test_signs_of_life_are_seen(house: House) -> None:
    sign = WorkerSign("w1", "ready", "reflex")
    await show(house.redis, sign)
    assert await look(house.redis) == [sign]


async def test_a_wake_up_carries_ids_only(house: House) -> None:
    agency, conversation = new_id(), new_id()
    await house.jobs.deliver_messages(agency, conversation, 0.5)
    (job_id,) = await house.redis.zrange(QUEUE, 0, -1)
    stored = await house.redis.get(b"arq:job:" + job_id)
    assert str(conversation).encode() in stored
    assert b"pickle" not in stored


@pytest.fixture
async def nowhere(tmp_path: object) -> Redis:
    return Redis(unix_socket_path=f"{tmp_path}/nothing.sock")


async def test_without_redis_everything_goes_on(nowhere: Redis) -> None:
    assert await Limiter(nowhere).wait_for("fan", 1) == 0.0
    assert await Locks(nowhere).hold("poller", "a", 30)
    await Live(nowhere).publish(new_id(), {"event": "change"})
    assert await look(nowhere) is None
