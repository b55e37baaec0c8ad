"""A turn's overhead at load: messages at a fixed rate, whatever comes back, beside a handler that replies at once."""

from __future__ import annotations

from evals.bench.crowd import Answers, Crowd
from evals.bench.figures import Figure, compare
from evals.bench.processes import serve_baseline
from evals.bench.rig import Rig
from evals.bench.trigger import measure_trigger
from evals.simulators.telegram import TelegramSimulator
from evals.simulators.telegram.webhook import Webhook

RATES = (10, 20, 40)
FANS = 160  # at the highest rate each writes again after four seconds: well after their answer
ROUNDS, SECONDS = 2, 8.0


async def measure_load(rig: Rig, rounds: int = ROUNDS, seconds: float = SECONDS, fans: int = FANS) -> list[Figure]:
    """Return p50 and p99 from a fan's message to its answer at each rate; model at once, quiet time 0."""
    crowd = Crowd(rig.telegram, rig.bot, fans)
    await crowd.greet()
    trigger = await measure_trigger(rig, crowd)
    ours = {rate: await _rounds(crowd, rate, rounds, seconds) for rate in RATES}
    bare = await measure_bare(rig.telegram, rounds, seconds, fans)
    figures = trigger
    for rate in RATES:
        note = f"{rounds} × {seconds:g} s, {fans} fans, instant model, every text new, {ours[rate].missing} without an answer"
        for word, share in (("p50", 0.5), ("p99", 0.99)):
            mine, theirs = ours[rate].ms(share), bare[rate].ms(share)
            figures.append(compare(f"turn overhead {word} at {rate}/s", mine, "ms", theirs, note=note if word == "p50" else ""))
    return figures


async def measure_bare(telegram: TelegramSimulator, rounds: int, seconds: float, fans: int) -> dict[int, Answers]:
    """Load the bare handler in the same way."""
    bot, secret = telegram.add_bot("Bare"), "bench-secret"
    crowd = Crowd(telegram, bot, fans)
    async with serve_baseline("reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=f"{telegram.base_url}/bot{bot.token}") as url:
        await bot.feed.set_webhook(Webhook(url, secret), drop_pending=True)
        await crowd.greet()
        found = {rate: await _rounds(crowd, rate, rounds, seconds) for rate in RATES}
        await bot.feed.set_webhook(None, drop_pending=True)
    return found


async def _rounds(crowd: Crowd, rate: int, rounds: int, seconds: float) -> Answers:
    took: list[float] = []
    missing, span = 0, 0.0
    for _ in range(rounds):
        found = await crowd.at_rate(rate, seconds)
        took += found.took
        missing, span = missing + found.missing, span + found.span_s
        await crowd.calm()
    return Answers(took, missing, span)
