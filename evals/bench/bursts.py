"""What a burst and a repeated update cost: model calls and replies, beside a handler that answers whatever comes."""

from __future__ import annotations

import asyncio

from evals.bench.crowd import Crowd
from evals.bench.figures import Budget, Figure, compare
from evals.bench.processes import serve_baseline
from evals.bench.rig import Rig
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser
from evals.simulators.telegram.webhook import Webhook

FANS, SIZE, APART_S = 6, 4, 0.3
LATER_S = 6.0  # longer than quiet time and model together: what comes late comes within it
ONCE = Budget("ours", least=1, most=1)


async def measure_bursts(rig: Rig, fans: int = FANS, later_s: float = LATER_S) -> list[Figure]:
    """Return model calls and replies per burst, and replies to an update that came three times."""
    before = len(rig.ollama.calls)
    ours = await _bursts(rig.telegram, rig.bot, fans, later_s)
    calls = (len(rig.ollama.calls) - before) / fans - 1  # one for the update that was repeated
    bare = await _bare(rig.telegram, fans)
    note = f"{SIZE} messages {APART_S:g} s apart, {fans} fans; the handler answers each"
    return [
        compare(f"model calls per burst of {SIZE}", calls, "", float(SIZE), note=note),
        compare(f"replies per burst of {SIZE}", ours[0], "", bare[0], ONCE),
        compare("replies to one update delivered three times", ours[1], "", bare[1], ONCE),
    ]


async def _bare(telegram: TelegramSimulator, fans: int) -> tuple[float, float]:
    bot, secret = telegram.add_bot("Bare"), "bench-secret"
    async with serve_baseline("reply", BENCH_SECRET=secret, BENCH_TELEGRAM_URL=f"{telegram.base_url}/bot{bot.token}") as url:
        await bot.feed.set_webhook(Webhook(url, secret), drop_pending=True)
        found = await _bursts(telegram, bot, fans, later_s=0.5)
        await bot.feed.set_webhook(None, drop_pending=True)
    return found


async def _bursts(telegram: TelegramSimulator, bot: Bot, fans: int, later_s: float) -> tuple[float, float]:
    """Return replies per burst, and replies per repeated update."""
    crowd = Crowd(telegram, bot, fans)
    await crowd.greet()

    async def burst(fan: TelegramUser) -> int:
        since = len(fan.chat(bot).transcript)
        for _ in range(SIZE):
            fan.send_text(bot, crowd.sentences.new())
            await asyncio.sleep(APART_S)
        return await _replies(bot, fan, since, later_s)

    async def repeat(fan: TelegramUser) -> int:
        since = len(fan.chat(bot).transcript)
        update_id = fan.send_text(bot, crowd.sentences.new()).update_id or 0
        await bot.feed.acknowledged(update_id)
        await bot.feed.redeliver(update_id, times=2)
        return await _replies(bot, fan, since, later_s)

    found = []
    for play in (burst, repeat):
        async with asyncio.TaskGroup() as group:
            plays = [group.create_task(play(fan)) for fan in crowd.fans]
        found.append(sum(done.result() for done in plays) / fans)
    return found[0], found[1]


async def _replies(bot: Bot, fan: TelegramUser, since: int, later_s: float) -> int:
    await fan.chat(bot).wait_for(1, 60.0, since=since)
    await asyncio.sleep(later_s)
    return len(fan.chat(bot).messages(since=since))
