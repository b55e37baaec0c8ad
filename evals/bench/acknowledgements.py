"""How fast webhooks are acknowledged, each durable before the answer, beside a bare handler on the same machine and run."""

from __future__ import annotations

import json
import time
from contextlib import AsyncExitStack

from msgspec import Struct

from core.errors import Unavailable
from evals.bench.figures import Budget, Figure, compare, median
from evals.bench.processes import HERE, run_program, serve_baseline

ROUNDS = 3
CONNECTIONS = 64
FANS = 1000
WARM_S, SECONDS = 1.0, 3.0
EPOCH = 1_780_000_000  # update ids are nine digits, and larger in each run


class Door(Struct, frozen=True):
    """A webhook and the secret that opens it."""

    url: str
    secret: str


class Load(Struct, frozen=True):
    """One round's result."""

    rate: float
    p50_ms: float
    p99_ms: float
    refused: dict[str, int]
    core_share: float


async def measure_acknowledgements(gateway: Door, postgres_url: str, seconds: float = SECONDS) -> list[Figure]:
    """Load our webhook, the bare handler, and one with an insert per request, in turns; return rates and 99th percentiles.

    `postgres_url`: a role that may make a table. Raises `Unavailable` when a webhook refuses.
    """
    async with AsyncExitStack() as stack:
        doors = {"ours": gateway}
        for name, mode, more in (("bare", "ack", {}), ("insert", "insert", {"BENCH_POSTGRES_URL": postgres_url})):
            url = await stack.enter_async_context(serve_baseline(mode, BENCH_SECRET=gateway.secret, **more))
            doors[name] = Door(url, gateway.secret)
        rounds: dict[str, list[Load]] = {name: [] for name in doors}
        for _ in range(ROUNDS):
            for name, door in doors.items():
                rounds[name].append(await _load(name, door, seconds))
    rate = {name: median([load.rate for load in loads]) for name, loads in rounds.items()}
    p99 = {name: median([load.p99_ms for load in loads]) for name, loads in rounds.items()}
    p50 = {name: median([load.p50_ms for load in loads]) for name, loads in rounds.items()}
    busy = max(load.core_share for loads in rounds.values() for load in loads)
    note = f"{CONNECTIONS} connections, {FANS} fans, median of {ROUNDS} × {seconds:g} s; the driver used {busy:.0%} of a core"
    return [
        compare("webhook acknowledgements", rate["ours"], "/s", rate["bare"], Budget("ratio", least=0.9), note),
        compare("webhook acknowledgement p50", p50["ours"], "ms", p50["bare"]),
        compare("webhook acknowledgement p99", p99["ours"], "ms", p99["bare"], Budget("ratio", most=1.5)),
        compare("the same, baseline: one insert per request", rate["ours"], "/s", rate["insert"]),
        compare("its p99", p99["ours"], "ms", p99["insert"]),
    ]


async def _load(name: str, door: Door, seconds: float) -> Load:
    orders = {
        "url": door.url,
        "secret": door.secret,
        "connections": CONNECTIONS,
        "fans": FANS,
        "warm_s": WARM_S,
        "seconds": seconds,
        "first_id": 100_000_000 + int((time.time() - EPOCH) * 1000) % 800_000_000,
    }
    answer = await run_program(str(HERE / "driver.py"), json.dumps(orders))
    found = json.loads(answer)
    if found["refused"] or not found["rate"]:
        raise Unavailable(f"The {name} webhook did not take the requests of the bench: {found['refused'] or 'no answer'}")
    return Load(found["rate"], found["p50_ms"], found["p99_ms"], found["refused"], found["core_share"])
