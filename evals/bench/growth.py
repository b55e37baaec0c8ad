"""What a past costs: the same measures over a thousand stored messages and over a million."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

import aiohttp
import msgspec
from msgspec import Struct

from evals.bench.acknowledgements import FANS as DRIVEN_FANS
from evals.bench.acknowledgements import Door, measure_acknowledgements
from evals.bench.crowd import Crowd
from evals.bench.driver import FIRST_FAN
from evals.bench.figures import Budget, Figure, compare, median, percentile
from evals.bench.rig import Rig
from storage.benches import Past

SMALL, LARGE = 1_000, 1_000_000
PER_CHAT = 40  # messages of one conversation, half of them the fan's
FIRST_PAST = 900_000_000  # handles of fans who only have a past
READS, IDLE_TURNS, LOOP_FANS, LOOP_S, LOOPS = 150, 40, 32, 5.0, 3
ACKNOWLEDGE_S = 1.5
CONSOLE_BUDGET = Budget("ours", most=30.0)


class Measured(Struct, frozen=True):
    """What was found at one size. Times in milliseconds, rates per second; reads are percentiles 50 and 99 by page."""

    messages: int
    turn_p50: float
    turns_per_s: float
    acknowledged_per_s: float
    reads: dict[str, tuple[float, float]]


class _Row(Struct):
    id: str


async def measure_growth(rig: Rig, past: Past, say: Callable[[str], None], large: int = LARGE) -> list[Figure]:
    """Measure over a thousand messages, let the house grow old, and measure again; figures of now beside those of then.

    The fans whom the driver of the acknowledgements plays get conversations in nobody's hands, so that no turn competes.
    """
    await past.add_chats(rig.account.id, range(DRIVEN_FANS), "paused", FIRST_FAN)
    await past.add_chats(rig.account.id, range(SMALL // 2), "agent", FIRST_PAST)
    await past.add_exchange(rig.account.id, SMALL // 2, large // SMALL)
    crowd = Crowd(rig.telegram, rig.bot, LOOP_FANS)
    await crowd.greet()
    young = await _measure(rig, past, crowd, say)
    say(f"growth: writing a past of {large:,} messages")
    chats = large // PER_CHAT
    await past.add_chats(rig.account.id, range(SMALL // 2, chats), "agent", FIRST_PAST)
    rounds = PER_CHAT // 2
    for number in range(rounds):
        await past.add_exchange(rig.account.id, chats, rounds - number)
    old = await _measure(rig, past, crowd, say)
    return figures(young, old)


def figures(young: Measured, old: Measured) -> list[Figure]:
    """Hold the large house against the small one: `baseline` is the small one's figure, the ratio is the growth."""
    size, note = f"{old.messages:,} messages", f"baseline: over {young.messages:,} messages"
    made = [
        compare(f"turn overhead p50 over {size}", old.turn_p50, "ms", young.turn_p50, note=note),
        compare(f"turns per second over {size}", old.turns_per_s, "/s", young.turns_per_s),
        compare(f"webhook acknowledgements over {size}", old.acknowledged_per_s, "/s", young.acknowledged_per_s),
    ]
    for page, (p50, p99) in old.reads.items():
        before = young.reads[page]
        made.append(compare(f"{page} p50 over {size}", p50, "ms", before[0]))
        made.append(compare(f"{page} p99 over {size}", p99, "ms", before[1], CONSOLE_BUDGET))
    return made


async def _measure(rig: Rig, past: Past, crowd: Crowd, say: Callable[[str], None]) -> Measured:
    await past.settle()
    messages = await past.count()
    say(f"growth: measuring over {messages:,} messages")
    reads = await _read_pages(rig)
    alone = []
    for number in range(IDLE_TURNS):
        alone.append(await crowd.ask(crowd.fans[number % LOOP_FANS]) * 1000)
        await asyncio.sleep(0.1)
    loops = [await crowd.in_turns(LOOP_S) for _ in range(LOOPS)]
    await crowd.calm()
    door = Door(f"{rig.url}/webhooks/telegram/{rig.account.key}", rig.account.secrets["webhook_secret"])
    acknowledged = (await measure_acknowledgements(door, rig.admin_dsn, ACKNOWLEDGE_S))[0].ours
    return Measured(messages, median(alone), median([loop.rate for loop in loops]), acknowledged, reads)


async def _read_pages(rig: Rig) -> dict[str, tuple[float, float]]:
    """Read the console's lists and threads one after the other, as the operators' API gives them."""
    found = {}
    async with aiohttp.ClientSession() as http:
        rows = msgspec.json.decode(await rig.get(http, "/api/inbox?limit=500"), type=list[_Row])
        chats, chance = [row.id for row in rows], random.Random(1)  # noqa: S311 - a choice, not a secret
        pages: dict[str, Callable[[], str]] = {
            "inbox": lambda: "/api/inbox",
            "inbox, waiting only": lambda: "/api/inbox?waiting=true",
            "thread": lambda: f"/api/conversations/{chance.choice(chats)}",
            "deliveries that need a person": lambda: "/api/deliveries",
        }
        for name, path in pages.items():
            took = []
            for _ in range(READS):
                began = time.perf_counter()
                await rig.get(http, path())
                took.append((time.perf_counter() - began) * 1000)
            found[name] = (percentile(took, 0.5), percentile(took, 0.99))
    return found
