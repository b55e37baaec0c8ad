"""From the commit of a message to the start of its turn, read from the ledger's own rows and its database's clock."""

from __future__ import annotations

import asyncio

from evals.bench.crowd import Crowd
from evals.bench.figures import Budget, Figure, compare, percentile
from evals.bench.rig import Rig
from storage.benches import milliseconds_to_begin
from storage.database import open_database

SAMPLES, PAUSE_S = 60, 0.15
RATE, SECONDS = 20.0, 8.0
BUDGET = Budget("ours", most=20.0)
NOTE = (
    "from the begin of the transaction that stores the message to the begin of the thinking, quiet time 0: "
    "its commit, the wake-up, claiming and reading are in it"
)


async def measure_trigger(rig: Rig, crowd: Crowd, samples: int = SAMPLES, seconds: float = SECONDS) -> list[Figure]:
    """Return how long turns took to begin, one after the other and at a fixed rate; the crowd is greeted, quiet time is 0."""
    before = len(await _begun(rig, 0))
    for number in range(samples):
        await crowd.ask(crowd.fans[number % len(crowd.fans)])
        await asyncio.sleep(PAUSE_S)
    idle = await _begun(rig, before)
    await crowd.at_rate(RATE, seconds)
    await crowd.calm()
    loaded = await _begun(rig, before + len(idle))
    return [
        compare("message to the turn's start p50, idle", percentile(idle, 0.5), "ms", budget=BUDGET, note=NOTE),
        compare("message to the turn's start p99, idle", percentile(idle, 0.99), "ms"),
        compare(f"message to the turn's start p50 at {RATE:g}/s", percentile(loaded, 0.5), "ms"),
        compare(f"message to the turn's start p99 at {RATE:g}/s", percentile(loaded, 0.99), "ms"),
    ]


async def _begun(rig: Rig, after: int) -> list[float]:
    database = await open_database(rig.settings.postgres_app_url, largest=1, prefix="muse bench")
    try:
        async with database.unit(rig.agency_id) as unit:
            return await milliseconds_to_begin(unit, after)
    finally:
        await database.close()
