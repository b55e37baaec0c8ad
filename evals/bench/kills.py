"""kill -9 of the worker: while it thinks, and between a send's first byte and its recorded outcome."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import aiohttp
import msgspec
from msgspec import Struct

from core.errors import Unavailable
from evals.bench.crowd import Crowd
from evals.bench.figures import Budget, Figure, compare, median
from evals.bench.rig import Rig, after, instant
from evals.simulators.telegram import TelegramUser

ROUNDS = 3
MODEL_S = 3.0
LATE_S = 45.0
AGAIN_S = 5.0  # how long a second copy is looked for
LOOK_S = 0.02
UNKNOWN_WITHIN_S = 240.0
REPLY_BUDGET, ONCE = Budget("ours", most=10.0), Budget("ours", least=1, most=1)


class _Row(Struct):
    """What is read of a delivery."""

    id: str
    state: str


async def measure_kills(rig: Rig, rounds: int = ROUNDS) -> list[Figure]:
    """Return seconds from the restart to the reply, copies of it, and what became of a send that was cut off."""
    crowd = Crowd(rig.telegram, rig.bot, rounds + 1)
    await crowd.greet()
    cut_off, *thinking = crowd.fans
    cut_at, since = await _kill_sending(rig, crowd, cut_off)
    took, copies = [], []
    rig.ollama.brain = after(MODEL_S)
    for fan in thinking:
        seconds, replies = await _kill_thinking(rig, crowd, fan)
        took.append(seconds)
        copies.append(replies)
    shown, unknown_s = await _until_unknown(rig, cut_at)
    seen = len(cut_off.chat(rig.bot).messages(since=since))
    return [
        compare(
            "kill -9 while thinking: restart to reply",
            median(took),
            "s",
            budget=REPLY_BUDGET,
            note=f"median of {rounds}, at most {max(took):.1f} s; the model takes {MODEL_S:g} s; counted from the new process",
        ),
        compare("copies of that reply", float(max(copies)), "", budget=ONCE),
        compare("kill -9 after a send's first byte: copies", float(seen), "", budget=ONCE),
        compare("the same: sends shown as unknown", float(shown), "", budget=ONCE, note=f"{unknown_s:.0f} s after the kill"),
    ]


async def _kill_thinking(rig: Rig, crowd: Crowd, fan: TelegramUser) -> tuple[float, int]:
    """Return the seconds from the restarted process to the reply, and how many replies came."""
    asked, since = len(rig.ollama.calls), len(fan.chat(rig.bot).transcript)
    fan.send_text(rig.bot, crowd.sentences.new())
    await rig.ollama.wait_for_calls(asked + 1, 60.0, ended=False)
    await asyncio.sleep(MODEL_S / 3)
    began = await _kill_worker(rig)
    [reply, *_] = await fan.chat(rig.bot).wait_for(1, 120.0, since=since)
    await asyncio.sleep(AGAIN_S)
    return reply.at - began, len(fan.chat(rig.bot).messages(since=since))


async def _kill_sending(rig: Rig, crowd: Crowd, fan: TelegramUser) -> tuple[float, int]:
    """Kill the worker when the platform has the message and the worker has no answer; return when, and the chat's place."""
    rig.ollama.brain = instant
    rig.telegram.faults.late("sendMessage", LATE_S)
    since = len(fan.chat(rig.bot).transcript)
    fan.send_text(rig.bot, crowd.sentences.new())
    await fan.chat(rig.bot).wait_for(1, 60.0, since=since)
    killed_at = time.monotonic()
    await _kill_worker(rig)
    return killed_at, since


async def _kill_worker(rig: Rig) -> float:
    """Kill the worker and return the moment in which its successor was started."""
    old = rig.processes()["worker"]
    os.kill(old, signal.SIGKILL)
    while rig.processes().get("worker", old) == old:  # noqa: ASYNC110 - another process, which sets no event of ours
        await asyncio.sleep(LOOK_S)
    return time.monotonic()


async def _until_unknown(rig: Rig, cut_at: float) -> tuple[int, float]:
    """Return how many sends are shown as unknown, and how long after the kill. Raises `Unavailable` when none is."""
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < cut_at + UNKNOWN_WITHIN_S:
            rows = msgspec.json.decode(await rig.get(http, "/api/deliveries?state=unknown"), type=list[_Row])
            if rows:
                return len(rows), time.monotonic() - cut_at
            await asyncio.sleep(0.5)
    raise Unavailable(f"A send that was cut off is not shown as unknown after {UNKNOWN_WITHIN_S:g} s.")
