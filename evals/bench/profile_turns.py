"""What a turn costs inside the worker, step by step: processor time measured without, shares sampled with a profiler."""

from __future__ import annotations

import asyncio
from pathlib import Path

from evals.bench.costs import WORKER, Meter, per_turn
from evals.bench.crowd import Crowd
from evals.bench.figures import Figure, compare
from evals.bench.rig import Rig
from evals.bench.sampling import START_S, sample, shares_by_step

FANS, SECONDS = 16, 12.0
FILE = "worker.stacks.txt"


async def measure_steps(rig: Rig, folder: Path, seconds: float = SECONDS) -> list[Figure]:
    """Return milliseconds of the worker's event loop per turn and step; the sampled stacks are put into `folder`."""
    crowd = Crowd(rig.telegram, rig.bot, FANS)
    await crowd.greet()
    meter, before = Meter(rig.processes), len(rig.ollama.calls)
    await crowd.in_turns(seconds)
    cost = per_turn(meter.read(), len(rig.ollama.calls) - before)[WORKER]
    talking = asyncio.create_task(crowd.in_turns(seconds + START_S))
    failure = await sample(rig.processes()[WORKER], seconds, folder / FILE)
    await talking
    note = failure or f"stacks in {FILE}, for a flame graph: https://www.speedscope.app"
    shares = {} if failure else shares_by_step((folder / FILE).read_text())
    total = compare("CPU per turn, the worker's event loop", cost, "ms", note=note)
    return [total, *(compare(f"of that: {step}", cost * share, "ms") for step, share in shares.items())]
