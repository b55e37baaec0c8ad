"""What recall costs over ten thousand to a million memories, a hundred a fan, exactly and in Chroma."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct

from core.errors import Unavailable
from core.ids import new_id
from core.ports import VectorIndex
from core.recall import Asked
from evals.bench.figures import Budget, Figure, compare, percentile
from evals.bench.memory_rig import Chance, MemoryRig
from memory.embedders import Embedders
from memory.index_exact import ExactIndex
from memory.indexing import index_episodes
from memory.recall import MemoryRecall
from memory.reindexing import rebuild
from memory.tiers import TierIndexes, open_tier
from storage.facts import Whose
from storage.vectors import Tier

PER_FAN = 100
FACTS_TOO = 100_000
SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS, FIRST, AT_ONCE, EACH = 300, 50, 16, 25
DEPTH = 24
BATCH = 5_000
NEW = 512
"""Memories that come in while the index is as large as it is, to see how fast it takes them."""

WORDS = ("harbour", "walk", "morning", "coffee", "sister", "garden", "concert", "bicycle", "rain", "kitchen", "train", "letter")
ALONE, TOGETHER, GROWTH = Budget("ours", most=15.0), Budget("ours", most=25.0), Budget("ratio", most=2.0)
Ask = Callable[[], Awaitable[object]]


class Speed(Struct, frozen=True):
    """How long answers took, in milliseconds, alone and at sixteen at once, and how many came a second then."""

    alone_p50: float
    alone_p95: float
    together_p50: float
    together_p95: float
    per_s: float


async def measure_memory(rig: MemoryRig, say: Callable[[str], None], largest: int, chroma_largest: int) -> list[Figure]:
    """Fill the house size by size, and ask. Chroma is asked up to `chroma_largest`: filling it takes long."""
    chance, influencer_id = Chance(), new_id()
    whose: list[Whose] = []
    small: dict[str, Speed] = {}
    figures: list[Figure] = []
    chroma: dict[Tier, TierIndexes] = {tier: open_tier(tier, "chroma", rig.chroma_url) for tier in ("facts", "episodes")}
    for size in [size for size in SIZES if size <= largest]:
        more = [Whose(new_id(), influencer_id) for _ in range(size // PER_FAN - len(whose))]
        whose += more
        say(f"memory: {size:,} facts and {size:,} episodes of {len(whose):,} fans; load {os.getloadavg()[0]:.1f}")
        figures += await _fill(rig, chance, more, size)
        asks = _asks(rig, chance, whose)
        if size <= chroma_largest:
            for tier in _tiers(size):
                figures += await _fill_chroma(rig, chroma[tier], tier, size, say)
            asks |= _chroma_asks(rig, chance, whose, {tier: chroma[tier] for tier in _tiers(size)})
        for name, ask in asks.items():
            speed = await _measure(ask)
            small.setdefault(name, speed)
            figures += _figures(name, size, speed, small[name])
    figures += await _trickle(rig, chance, whose, None, "rows")
    if chroma_largest:
        figures += await _trickle(rig, chance, whose, chroma["episodes"], "Chroma")
    for indexes in chroma.values():
        await indexes.close()
    return figures


def _tiers(size: int) -> tuple[Tier, ...]:
    """Return what is put into Chroma: episodes, and facts while that does not take an hour."""
    return ("facts", "episodes") if size <= FACTS_TOO else ("episodes",)


async def _fill(rig: MemoryRig, chance: Chance, whose: Sequence[Whose], size: int) -> list[Figure]:
    figures = []
    for tier, add in (("facts", rig.past.add_facts), ("episodes", rig.past.add_episodes)):
        before, began = await rig.past.size(tier), time.perf_counter()
        for start in range(0, len(whose), BATCH // PER_FAN):
            fans = [fan for fan in whose[start : start + BATCH // PER_FAN] for _ in range(PER_FAN)]
            texts = [f"The fan likes the {_word(chance)} and a {_word(chance)} by the {_word(chance)}." for _ in fans]
            await add(fans, chance.name, texts, chance.vectors(len(fans)))
        took = time.perf_counter() - began
        await rig.past.settle()
        rows = PER_FAN * len(whose)
        figures.append(compare(f"{tier} written with vectors, up to {size:,}", rows / took, "/s"))
        disk = (await rig.past.size(tier) - before) / rows * 100_000 / 1e6
        figures.append(
            compare(f"disk per 100,000 {tier}, at {size:,}", disk, "MB", note="rows, vectors, words and their indexes")
        )
    return figures


async def _fill_chroma(rig: MemoryRig, indexes: TierIndexes, tier: Tier, size: int, say: Callable[[str], None]) -> list[Figure]:
    say(f"memory: Chroma's index of {size:,} {tier} is filled from the rows")
    disk, memory, began = rig.chroma_disk, rig.chroma_memory, time.perf_counter()
    index = indexes.of(Chance.name)
    if index is None:
        return []
    await index.drop()
    done = await rebuild(rig.house, tier, Chance(), index, rig.past.agency_id)
    took = time.perf_counter() - began
    await index.warm()
    shards = f"{await index.count_shards()} shards"
    hundred = done / 100_000
    return [
        compare(f"{tier} put into Chroma from rows, {size:,}", done / took, "/s", note=shards),
        compare(f"Chroma's disk per 100,000 {tier}, at {size:,}", (rig.chroma_disk - disk) / 1e6 / hundred, "MB"),
        compare(f"Chroma's memory per 100,000 {tier}, at {size:,}", (rig.chroma_memory - memory) / 1e6 / hundred, "MB"),
    ]


def _asks(rig: MemoryRig, chance: Chance, whose: Sequence[Whose]) -> dict[str, Ask]:
    agency_id = rig.past.agency_id
    recall = MemoryRecall(rig.house.app, Embedders(rig.house.app, chance, "bench"), None)
    exact = ExactIndex(rig.house.app, agency_id, chance.name, "episodes")
    return {"recall of facts, exact": _recall(recall, rig, chance, whose), "episodes, exact": _query(exact, rig, chance, whose)}


def _chroma_asks(rig: MemoryRig, chance: Chance, whose: Sequence[Whose], chroma: dict[Tier, TierIndexes]) -> dict[str, Ask]:
    asks: dict[str, Ask] = {}
    if facts := chroma.get("facts"):
        recall = MemoryRecall(rig.house.app, Embedders(rig.house.app, chance, "bench"), facts, deadline_s=5.0)
        asks["recall of facts, Chroma"] = _recall(recall, rig, chance, whose)
    if index := chroma["episodes"].of(chance.name):
        asks["episodes, Chroma"] = _query(index, rig, chance, whose)
    return asks


def _recall(recall: MemoryRecall, rig: MemoryRig, chance: Chance, whose: Sequence[Whose]) -> Ask:
    async def ask() -> object:
        fan = whose[chance.choose(len(whose))]
        text = f"do you remember the {_word(chance)} and the {_word(chance)}?"
        return await recall(
            Asked(
                agency_id=rig.past.agency_id,
                influencer_id=fan.influencer_id,
                fan_ids=(fan.fan_id,),
                texts=(text,),
                now=datetime.now(UTC),
                most_episodes=0,
            )
        )

    return ask


def _query(index: VectorIndex, rig: MemoryRig, chance: Chance, whose: Sequence[Whose]) -> Ask:
    async def ask() -> object:
        fan = whose[chance.choose(len(whose))]
        scope = {
            "agency_id": str(rig.past.agency_id), "influencer_id": str(fan.influencer_id), "fan_id": str(fan.fan_id),
        }  # fmt: skip
        return await index.query((await chance.embed(["?"]))[0], scope, DEPTH)

    return ask


async def _measure(ask: Ask) -> Speed:
    async def timed() -> float:
        began = time.perf_counter()
        with suppress(Unavailable):  # given up: it counts with all the patience that it cost
            await ask()
        return (time.perf_counter() - began) * 1000

    async def several() -> list[float]:
        return [await timed() for _ in range(EACH)]

    for _ in range(FIRST):
        await timed()
    alone = [await timed() for _ in range(QUESTIONS)]
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(several()) for _ in range(AT_ONCE)]
    took = time.perf_counter() - began
    together = [one for task in tasks for one in task.result()]
    return Speed(
        percentile(alone, 0.5), percentile(alone, 0.95), percentile(together, 0.5), percentile(together, 0.95),
        len(together) / took,
    )  # fmt: skip


def _figures(name: str, size: int, speed: Speed, small: Speed) -> list[Figure]:
    over = f"{name}, {size:,}"
    grown = size > SIZES[0]
    note = f"baseline: over {SIZES[0]:,}" if grown else ""
    found = [
        compare(f"{over}: p50 alone", speed.alone_p50, "ms", small.alone_p50 if grown else None, note=note),
        compare(f"{over}: p95 alone", speed.alone_p95, "ms", small.alone_p95 if grown else None, ALONE),
        compare(f"{over}: p95 at sixteen at once", speed.together_p95, "ms", small.together_p95 if grown else None, TOGETHER),
        compare(f"{over}: answers a second at sixteen at once", speed.per_s, "/s", small.per_s if grown else None),
    ]
    growth = [compare(f"{over}: growth of p95", speed.alone_p95, "ms", small.alone_p95, GROWTH)] if grown else []
    return found + growth


async def _trickle(
    rig: MemoryRig, chance: Chance, whose: Sequence[Whose], indexes: TierIndexes | None, where: str
) -> list[Figure]:
    """Let episodes of many fans come in, one each, as they do when people talk, and see the job bring them in."""
    fans = [whose[chance.choose(len(whose))] for _ in range(NEW)]
    await rig.past.add_episodes(fans, chance.name, ["We talked about the sea."] * NEW, chance.vectors(NEW), indexed=False)
    began = time.perf_counter()
    done = await index_episodes(rig.house, chance, indexes.of(chance.name) if indexes else None, rig.past.agency_id)
    rate = done / (time.perf_counter() - began)
    return [compare(f"new episodes of many fans a second, index in {where}", rate, "/s", note="beside their embedding")]


def _word(chance: Chance) -> str:
    return WORDS[chance.choose(len(WORDS))]
