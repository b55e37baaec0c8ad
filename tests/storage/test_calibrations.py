"""What is learnt of models outlives a worker, and a Redis that is away loses no more than that."""

import pytest
from redis.asyncio import Redis

from core.errors import Unavailable
from storage import calibrations
from storage.house import House


async def test_states_are_kept_by_model(house: House) -> None:
    assert await calibrations.load(house.redis) == []
    await calibrations.keep(house.redis, "ollama:a", "1")
    await calibrations.keep(house.redis, "ollama:b", "2")
    await calibrations.keep(house.redis, "ollama:a", "3")
    assert sorted(await calibrations.load(house.redis)) == [b"2", b"3"]


async def test_a_redis_that_is_away_is_named() -> None:
    away = Redis(host="127.0.0.1", port=9)
    with pytest.raises(Unavailable):
        await calibrations.load(away)
    with pytest.raises(Unavailable):
        await calibrations.keep(away, "ollama:a", "1")
    await away.aclose()
