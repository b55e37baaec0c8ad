"""The worker finds by itself what memory waits for: episodes without vectors, what is left in an index, another embedder."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from memory.embedders import Embedders
from storage.embedders import load_embedder
from storage.vectors import count_held
from tests.memory.lived import live_through
from tests.memory.world import WordEmbedder, open_chat
from tests.workers.conftest import Crew
from workers.jobs.change_embedder import change_embedder
from workers.jobs.index_episodes import index_episodes
from workers.jobs.index_facts import index_facts
from workers.jobs.sweep import sweep_house

JOBS: dict[str, Any] = {"IndexEpisodes": index_episodes, "IndexFacts": index_facts, "ChangeEmbedder": change_embedder}


async def sweep(crew: Crew) -> set[str]:
    """Sweep, and do the jobs of memory that it found; return their names."""
    redis = crew.engine.house.redis
    await redis.flushdb()
    await sweep_house(crew.ctx)
    found = {job.function for job in await redis.queued_jobs(queue_name="muse:turns")} & JOBS.keys()
    agency = str(crew.account.agency_id)
    for name in found:
        await JOBS[name](crew.ctx, agency, agency)
    return found


async def test_the_sweep_brings_vectors_up_to_date(crew: Crew) -> None:
    house, agency_id = crew.engine.house, crew.account.agency_id
    chat = await open_chat(house, crew.account)
    (episode,) = await live_through(house, chat, "we saw the sea")
    assert await sweep(crew) == {"IndexEpisodes"}
    assert await sweep(crew) == set()

    words = WordEmbedder()
    engine = structs.replace(crew.engine, embedder=words, embedders=Embedders(house.app, words, "words"))
    crew.engine, crew.ctx = engine, {"engine": engine}
    assert await sweep(crew) == {"ChangeEmbedder"}
    async with house.app.unit(agency_id) as unit:
        use = await load_embedder(unit)
        assert (await count_held(unit, "episodes", words.name)).bare == 0
    assert use is not None
    assert (use.embedder, use.previous) == ("words", "none")
    assert await sweep(crew) == {"ChangeEmbedder"}, "the old vectors are still to be cleared away"

    async with house.app.unit(agency_id) as unit:
        await unit.connection.execute("DELETE FROM episodes WHERE id = $1", episode)
    assert await sweep(crew) == {"IndexFacts", "IndexEpisodes", "ChangeEmbedder"}
    assert await sweep(crew) == {"ChangeEmbedder"}
