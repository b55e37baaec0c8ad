"""What our queue costs beside a bare loop that calls the same painter with the same batches; a claim among many that wait."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from core.clock import SystemClock
from core.ids import new_id
from core.pictures import (
    Finished,
    Judgement,
    Origin,
    Painted,
    PaintOrder,
    PaintWatch,
    PictureRequest,
    PictureWish,
)
from evals.bench.figures import Budget, Figure, compare
from evals.bench.memory_rig import MemoryRig
from storage import image_jobs
from storage.accounts import put_influencer
from storage.image_jobs import PERSON, Looking, Order
from storage.unit import Unit
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop

BATCH = 4
INFLUENCERS = 5
PICTURE = b"\x89PNG" + bytes(200_000)
"""As many bytes as a picture has; nobody looks at them."""


class TimedPainter:
    """Takes so many seconds a call, in a thread as a pipeline does."""

    name = "timed"

    def __init__(self, seconds: float) -> None:
        """Take `seconds` for each batch."""
        self._seconds = seconds

    def batch_key(self, request: PictureRequest) -> str:
        """Paint everything together."""
        return request.model

    def warm(self) -> frozenset[str]:
        """Have the one model in memory."""
        return frozenset(["timed"])

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        """Wait, and return a picture for each order."""
        if self._seconds:
            await asyncio.to_thread(time.sleep, self._seconds)
        return [Painted(PICTURE, "image/png", 512, 512, order.request.seed, "timed", self._seconds) for order in orders]

    async def close(self) -> None:
        """Have nothing to give back."""


class _Passing:
    """Judges and finishes at once: what that costs is measured elsewhere."""

    name = "passing"

    async def judge_prompt(self, prompt: str, adult_ok: bool) -> Judgement:
        """Pass."""
        return Judgement("pass")

    async def judge_picture(self, data: bytes, adult_ok: bool) -> Judgement:
        """Pass."""
        return Judgement("pass")

    async def finish(self, painted: Painted, origin: Origin, base: bytes | None = None) -> Finished:
        """Keep it, under a mark that makes it another file."""
        return Finished(painted.data + origin.job_id.bytes, painted.mime, painted.width, painted.height, b"small")

    async def variant(self, data: bytes, platform: str, origin: Origin) -> Finished:
        """Keep it."""
        return Finished(data, "image/png", 512, 512, b"small")


class _Free:
    """Credits that are not counted."""

    async def reserve(self, unit: Unit, influencer_id: UUID, amount: int, job_id: UUID) -> None:
        """Book nothing."""

    async def spend(self, unit: Unit, job_id: UUID) -> None:
        """Book nothing."""

    async def give_back(self, unit: Unit, job_id: UUID) -> None:
        """Book nothing."""


class _Blind:
    """Watches nothing."""

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        """Look away."""

    def cancelled(self) -> bool:
        """Want everything."""
        return False


async def measure_media(rig: MemoryRig, agency_id: UUID, say: Callable[[str], None], pictures: int, crowd: int) -> list[Figure]:
    """Measure with a painter of 0.1 s a picture and with one that takes no time, then a claim among `crowd` that wait."""
    async with rig.house.app.unit(agency_id) as unit:
        who = [(await put_influencer(unit, f"bench{n}", f"Bench {n}", {"name": "b"}, "b")).id for n in range(INFLUENCERS)]
    say(f"media: {pictures} pictures in batches of {BATCH}, through the queue and without it, in turns")
    ours, bare = [], []
    for _ in range(3):
        painter = TimedPainter(0.1 * BATCH)
        bare.append(await _bare(painter, pictures))
        ours.append(await _through_queue(rig, agency_id, who, painter, pictures))
    budget = Budget("ratio", least=0.95)
    note = f"{INFLUENCERS} influencers, batches of {BATCH}; leases, progress, files and rows included"
    figures = [
        compare(
            "pictures a second, 0.1 s each", statistics.median(ours), "/s", statistics.median(bare), budget=budget, note=note
        )
    ]
    free = await _through_queue(rig, agency_id, who, TimedPainter(0.0), pictures)
    figures.append(compare("pictures a second, a painter that takes no time", free, "/s"))
    say(f"media: a claim among {crowd} that wait")
    figures.append(compare("claim among many that wait, p95", await _claims(rig, agency_id, who, crowd), "ms"))
    return figures


async def _bare(painter: TimedPainter, pictures: int) -> float:
    orders = [PaintOrder(new_id(), _request(number)) for number in range(pictures)]
    began = time.perf_counter()
    for at in range(0, pictures, BATCH):
        await painter.paint(orders[at : at + BATCH], _Blind())
    return pictures / (time.perf_counter() - began)


async def _through_queue(rig: MemoryRig, agency_id: UUID, who: Sequence[UUID], painter: TimedPainter, pictures: int) -> float:
    await _order(rig, agency_id, who, pictures)
    passing = _Passing()
    engine = MediaEngine("bench", rig.house, SystemClock(), painter, passing, passing, _Free(), Looking(most=BATCH))
    loop = MediaLoop(engine)
    beating = asyncio.create_task(loop.hands.beat())
    began = time.perf_counter()
    while await loop.step():
        pass
    await loop.settled()
    seconds = time.perf_counter() - began
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    return pictures / seconds


async def _claims(rig: MemoryRig, agency_id: UUID, who: Sequence[UUID], crowd: int) -> float:
    await _order(rig, agency_id, who, crowd)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        await image_jobs.claim(rig.house.app, "bench", ["timed"], Looking(most=BATCH))
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times, n=20)[-1]


async def _order(rig: MemoryRig, agency_id: UUID, who: Sequence[UUID], pictures: int) -> None:
    async with rig.house.app.unit(agency_id) as unit:
        for number in range(pictures):
            order = Order(
                id=new_id(),
                influencer_id=who[number % len(who)],
                source="api",
                wish=PictureWish(text="bench"),
                request=_request(number),
                cost=0,
                priority=PERSON,
            )
            await image_jobs.add(unit, _Free(), order)
            await image_jobs.set_key(unit, order.id, order.request.model)


def _request(number: int) -> PictureRequest:
    return PictureRequest(prompt=f"bench {number}", model="timed", width=512, height=512, seed=number)
