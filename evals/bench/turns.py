"""What a turn costs beside the model: from the fan's message to the platform's receipt of the answer, one at a time."""

from __future__ import annotations

import asyncio
import time

from evals.bench.figures import Budget, Figure, compare, percentile
from evals.bench.processes import serve_baseline
from evals.bench.sentences import Sentences
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from evals.simulators.telegram.webhook import Webhook

SAMPLES = 100
WARM_UP = 8
PAUSE_S = 0.12
PATIENCE_S = 20.0
FACTS = (
    "my dog is called Rex",
    "I live in Porto",
    "I work as a carpenter",
    "my sister is called Ana",
    "I love old jazz records",
)
P50_BUDGET, P99_BUDGET = Budget("ours", most=30.0), Budget("ours", most=100.0)
METHOD = "sendMessage"


async def measure_turns(
    telegram: TelegramSimulator, bot: Bot, brain: str, ollama: OllamaSimulator | None = None, samples: int = SAMPLES
) -> list[Figure]:
    """Talk one message at a time and return p50 and p99 of the overhead, beside a bare handler's that replies at once.

    The bot's account must have quiet time 0. With `ollama` the time that the model server took is taken off.
    """
    fan = telegram.add_user("Bench")
    fan.start(bot)
    await _quiet(telegram)
    talk = Sentences()  # each is new to the worker, so that none is found in the embedder's memory
    for text in (*FACTS, *(talk.new() for _ in range(WARM_UP))):
        await _turn(telegram, bot, fan, text, ollama)
    ours = [await _turn(telegram, bot, fan, talk.new(), ollama) for _ in range(samples)]
    bare = await _bare(telegram, samples)
    note = f"{samples} turns one after the other, {brain}, quiet time 0, {len(FACTS)} facts told before, every text new"
    p50, p99 = (percentile(ours, share) for share in (0.5, 0.99))
    return [
        compare(f"turn overhead p50, {brain}", p50, "ms", percentile(bare, 0.5), P50_BUDGET, note),
        compare(f"turn overhead p99, {brain}", p99, "ms", percentile(bare, 0.99), P99_BUDGET),
    ]


async def _bare(telegram: TelegramSimulator, samples: int) -> list[float]:
    bot, fan, secret = telegram.add_bot("Bare"), telegram.add_user("Bench"), "bench-secret"
    async with serve_baseline("reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=f"{telegram.base_url}/bot{bot.token}") as url:
        await bot.feed.set_webhook(Webhook(url, secret), drop_pending=True)
        fan.start(bot)
        await _quiet(telegram)
        talk = Sentences()
        took = [await _turn(telegram, bot, fan, talk.new(), None) for _ in range(samples)]
        await bot.feed.set_webhook(None, drop_pending=True)
    return took


async def _turn(telegram: TelegramSimulator, bot: Bot, fan: TelegramUser, text: str, ollama: OllamaSimulator | None) -> float:
    """Return the milliseconds from the message to the first part of its answer, without the model's own time."""
    sent, asked = len(telegram.calls_of(METHOD)), len(ollama.calls) if ollama else 0
    began = time.monotonic()
    fan.send_text(bot, text)
    calls = await telegram.wait_for_calls(METHOD, sent + 1, PATIENCE_S)
    took = calls[sent].at - began
    await _quiet(telegram)
    model = sum((call.ended_at or call.at) - call.at for call in ollama.calls[asked:]) if ollama else 0.0
    return (took - model) * 1000


async def _quiet(telegram: TelegramSimulator) -> None:
    """Wait until nothing more is sent: a reply may have several parts, and facts are indexed after it."""
    seen = -1
    while seen != len(telegram.calls):
        seen = len(telegram.calls)
        await asyncio.sleep(PAUSE_S)
