"""Everybody at once: three hundred fans of a slow model, and two thousand turns that wait in one worker."""

from __future__ import annotations

import asyncio

from core.errors import Unavailable
from evals.bench.crowd import Answers, Crowd
from evals.bench.figures import Budget, Figure, compare, median
from evals.bench.processes import serve_baseline
from evals.bench.processor import resident_bytes
from evals.bench.rig import Rig
from evals.bench.sentences import Sentences
from evals.simulators.telegram.webhook import Webhook

FANS, MODEL_S, ROUNDS = 300, 2.0, 3
RUSH_BUDGET, TABLE_BUDGET = Budget("ours", most=4.5), Budget("ours", most=3.0)
WAITING, WAITING_MODEL_S = 2000, 5.0
LOOK_S = 0.1
WAITING_PATIENCE_S = 240.0
KB = 1024.0


async def measure_rush(rig: Rig, *, table: bool, rounds: int = ROUNDS, fans: int = FANS) -> list[Figure]:
    """Return the seconds until all are answered. `table`: the worker's embedder looks up texts that it has seen.

    The rig's model takes `MODEL_S`. With a table everybody writes the same text in each round; the first one fills it.
    """
    crowd = Crowd(rig.telegram, rig.bot, fans)
    await crowd.greet()
    texts = [crowd.sentences.new() for _ in crowd.fans] if table else None
    await crowd.all_at_once(texts)
    await crowd.calm()
    spans = []
    for _ in range(rounds):
        spans.append(_whole(await crowd.all_at_once(texts)))
        await crowd.calm()
    budget = TABLE_BUDGET if table else RUSH_BUDGET
    name = f"{fans} fans at once, {MODEL_S:g} s model: all answered" + (", embedder a table" if table else "")
    note = f"median of {rounds}, at most {rig.ollama.most_in_flight} calls at the model at once"
    bare = await _measure_bare(rig, fans) if not table else None
    return [compare(name, median(spans), "s", bare, budget, note)]


async def measure_waiting(rig: Rig, fans: int = WAITING) -> list[Figure]:
    """Return memory per turn while `fans` turns wait in one worker, and the seconds until all are answered."""
    warm = Crowd(rig.telegram, rig.bot, 16)
    await warm.greet()
    await warm.all_at_once()
    await warm.calm()
    worker = rig.processes()["worker"]
    crowd = Crowd(rig.telegram, rig.bot, fans, Sentences(fans), patience_s=WAITING_PATIENCE_S)
    for fan in crowd.fans:
        fan.chat(rig.bot).opened = True  # no greeting: what is measured is many turns at once
    before = peak = resident_bytes(worker)
    rush = asyncio.create_task(crowd.all_at_once())
    while not rush.done():
        peak = max(peak, resident_bytes(worker))
        await asyncio.sleep(LOOK_S)
    span = _whole(rush.result())
    at_model = rig.ollama.most_in_flight
    note = (
        f"resident memory of the worker, peak less idle ({before / KB / KB:.0f} MB), over {fans}; "
        f"at most {at_model} of them at the model at once"
    )
    return [
        compare(
            f"memory per turn, {fans:,} turns waiting on a {WAITING_MODEL_S:g} s model",
            (peak - before) / KB / fans,
            "KB",
            note=note,
        ),
        compare("all of them answered after", span, "s"),
    ]


async def _measure_bare(rig: Rig, fans: int) -> float:
    """Return the seconds of a handler that replies at once: no model, so the model's own time is added."""
    bot, secret = rig.telegram.add_bot("Bare"), "bench-secret"
    crowd = Crowd(rig.telegram, bot, fans)
    async with serve_baseline(
        "reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=f"{rig.telegram.base_url}/bot{bot.token}"
    ) as url:
        await bot.feed.set_webhook(Webhook(url, secret), drop_pending=True)
        await crowd.greet()
        span = _whole(await crowd.all_at_once())
        await bot.feed.set_webhook(None, drop_pending=True)
    return span + MODEL_S


def _whole(answers: Answers) -> float:
    """Return the seconds until the last answer. Raises `Unavailable` when one never came."""
    if answers.missing:
        raise Unavailable(f"{answers.missing} fans were not answered within {answers.span_s:.0f} s.")
    return answers.span_s
