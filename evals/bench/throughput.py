"""Turns per second of the whole stack, what they cost by process, and what a second worker brings."""

from __future__ import annotations

from collections.abc import Sequence

from evals.bench.costs import DRIVER, EMBEDDER, SERVERS, WORKER, Meter, per_turn
from evals.bench.crowd import Answers, Crowd
from evals.bench.figures import Budget, Figure, compare, median
from evals.bench.processes import serve_baseline
from evals.bench.rig import Rig
from evals.simulators.telegram import TelegramSimulator
from evals.simulators.telegram.webhook import Webhook

FANS = 32  # the closed loop's depth: at sixty turns a second each fan waits about half a second
WAITING_FANS = 64
ROUNDS, SECONDS = 3, 6.0
RATE_BUDGET, P99_BUDGET = Budget("ours", least=60.0), Budget("ours", most=1000.0)
COST_BUDGET, SCALE_BUDGET = Budget("ours", most=12.0), Budget("ratio", least=1.9)
NAMES = {WORKER: "the worker's event loop", EMBEDDER: "the embedder's threads", DRIVER: "fans and simulators (not ours)"}


async def measure_throughput(rig: Rig, rounds: int = ROUNDS, seconds: float = SECONDS) -> list[Figure]:
    """Return sustained turns per second with one worker and two, their p99, and processor milliseconds per turn."""
    crowd = Crowd(rig.telegram, rig.bot, FANS)
    await crowd.greet()
    meter, before = Meter(rig.processes), len(rig.ollama.calls)
    one = await _rounds(crowd, rounds, seconds)
    costs = per_turn(meter.read(), len(rig.ollama.calls) - before)
    bare = await _measure_bare(rig.telegram, rounds, seconds)
    async with rig.second_worker():
        await crowd.in_turns(seconds / 2)  # its first turns import and compile
        two = await _rounds(crowd, rounds, seconds)
    note = (
        f"median of {rounds} × {seconds:g} s, {FANS} fans who write again when they are answered, instant model, quiet time 0"
    )
    return [
        compare("turns per second, one worker", _rate(one), "/s", bare, RATE_BUDGET, note),
        compare("their p99", _p99(one), "ms", budget=P99_BUDGET),
        compare("turns per second, two workers", _rate(two), "/s", _rate(one), note="baseline: one worker, on the same cores"),
        compare("their p99, two workers", _p99(two), "ms", _p99(one)),
        *cost_figures(costs),
    ]


async def measure_two_workers(
    rig: Rig, calls: int, model_s: float, rounds: int = ROUNDS, seconds: float = SECONDS
) -> list[Figure]:
    """Return what a second worker brings when the model is the limit: `calls` at once per worker, `model_s` seconds each."""
    crowd = Crowd(rig.telegram, rig.bot, WAITING_FANS)
    await crowd.greet()
    await crowd.in_turns(seconds / 2)
    one = await _rounds(crowd, rounds, seconds)
    async with rig.second_worker():
        await crowd.in_turns(seconds / 2)
        two = await _rounds(crowd, rounds, seconds)
    note = f"{calls} model calls at once per worker, {model_s:g} s each, {WAITING_FANS} fans; baseline: one worker"
    return [compare("turns per second, two workers, the model the limit", _rate(two), "/s", _rate(one), SCALE_BUDGET, note)]


def cost_figures(costs: dict[str, float]) -> list[Figure]:
    """Make figures of milliseconds per turn: the sum that has a budget first, then each process."""
    parts = [name for name in costs if name not in ("ours", *SERVERS, EMBEDDER, DRIVER)]
    named = [*parts, EMBEDDER, *(server for server in SERVERS if server in costs), DRIVER]
    note = " + ".join(NAMES.get(part, part) for part in parts)
    total = compare("CPU per turn beside databases and embedder", costs["ours"], "ms", budget=COST_BUDGET, note=note)
    return [total, *(compare(f"CPU per turn: {NAMES.get(name, name)}", costs[name], "ms") for name in named)]


async def _measure_bare(telegram: TelegramSimulator, rounds: int, seconds: float) -> float:
    bot, secret = telegram.add_bot("Bare"), "bench-secret"
    crowd = Crowd(telegram, bot, FANS)
    async with serve_baseline("reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=f"{telegram.base_url}/bot{bot.token}") as url:
        await bot.feed.set_webhook(Webhook(url, secret), drop_pending=True)
        await crowd.greet()
        rate = _rate([await crowd.in_turns(seconds / 2) for _ in range(rounds)])
        await bot.feed.set_webhook(None, drop_pending=True)
    return rate


async def _rounds(crowd: Crowd, rounds: int, seconds: float) -> list[Answers]:
    return [await crowd.in_turns(seconds) for _ in range(rounds)]


def _rate(rounds: Sequence[Answers]) -> float:
    return median([answers.rate for answers in rounds])


def _p99(rounds: Sequence[Answers]) -> float:
    return median([answers.ms(0.99) for answers in rounds])
