"""Pictures in tests: a painter that really draws, with Pillow; credits that are counted; orders by the dozen."""

from __future__ import annotations

import asyncio
import hashlib
import io
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec.structs import replace
from PIL import Image, ImageDraw

from core.errors import MuseError, NoRoom, Refused, Withdrawn
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
from storage import image_jobs
from storage.house import House
from storage.image_jobs import PERSON, Order, Purse
from storage.unit import Unit

STEPS = 4
Verdict: TypeAlias = Literal["pass", "hold", "refuse"]


class CountedPurse:
    """Credits of one agency in memory, booked as the ledger books them: idempotent, never negative."""

    def __init__(self, available: int = 1000) -> None:
        self.available = available
        self.reserved: dict[UUID, int] = {}
        self.spent: dict[UUID, int] = {}
        self.returned: set[UUID] = set()

    async def reserve(self, unit: Unit, influencer_id: UUID, amount: int, job_id: UUID) -> None:
        """Set credits aside."""
        if job_id in self.reserved or job_id in self.spent or job_id in self.returned:
            return
        if amount > self.available:
            raise Refused("There are no credits left for pictures.")
        self.available -= amount
        self.reserved[job_id] = amount

    async def spend(self, unit: Unit, job_id: UUID) -> None:
        """Take what was set aside."""
        if job_id in self.reserved:
            self.spent[job_id] = self.reserved.pop(job_id)

    async def give_back(self, unit: Unit, job_id: UUID) -> None:
        """Free what was set aside."""
        if job_id in self.reserved:
            self.available += self.reserved.pop(job_id)
            self.returned.add(job_id)


class PillowPainter:
    """Draws a picture that its request alone decides; slow, full of memory or broken as a test asks."""

    name = "pillow"

    def __init__(self, *, room: int = 100, places: int = 1) -> None:
        """Take `room` pictures at once at most; keep `places` models warm."""
        self.room, self.places = room, places
        self.calls: list[list[UUID]] = []
        self.models: list[str] = []
        self.gate: threading.Event | None = None
        self.deaf: threading.Event | None = None
        self.begun = threading.Event()
        self.error: Callable[[Sequence[PaintOrder]], MuseError | None] = lambda _: None
        self.thrifty = 0
        self.saves = 0
        self.withdrawn = 0
        self._warm: list[str] = []

    def batch_key(self, request: PictureRequest) -> str:
        """Paint together what has model and size in common."""
        return f"{request.model}/{request.width}x{request.height}"

    def warm(self) -> frozenset[str]:
        """Name the models used last."""
        return frozenset(self._warm)

    def economise(self) -> bool:
        """Make more room once; say whether that did anything."""
        if self.saves >= self.thrifty:
            return False
        self.saves += 1
        self.room = max(1, self.room)
        return True

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        """Draw in a thread, step by step."""
        self.calls.append([order.id for order in orders])
        self.models += [order.request.model for order in orders]
        if error := self.error(orders):
            raise error
        if len(orders) > self.room:
            raise NoRoom("There is no room for so many.")
        model = orders[0].request.model
        self._warm = [model, *(one for one in self._warm if one != model)][: self.places]
        return await asyncio.to_thread(self._draw, orders, watch)

    async def close(self) -> None:
        """Have nothing to give back."""

    def _draw(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        self.begun.set()
        if self.deaf is not None:
            self.deaf.wait(20)
        for step in range(1, STEPS + 1):
            self._look(watch)
            watch.step(step, STEPS, {order.id: b"\xff\xd8 preview" for order in orders})
            if self.gate is not None and step == 1:
                while not self.gate.wait(0.02):
                    self._look(watch)
        return [draw(order.request) for order in orders]

    def _look(self, watch: PaintWatch) -> None:
        if watch.cancelled():
            self.withdrawn += 1
            raise Withdrawn("Nobody wants it any more.")


def draw(request: PictureRequest) -> Painted:
    """Draw one picture from its request alone."""
    seed = hashlib.sha256(f"{request.prompt}/{request.seed}".encode()).digest()
    image = Image.new("RGB", (request.width, request.height), tuple(seed[:3]))
    ImageDraw.Draw(image).ellipse((8, 8, request.width - 8, request.height - 8), fill=tuple(seed[3:6]))
    out = io.BytesIO()
    image.save(out, "PNG")
    return Painted(out.getvalue(), "image/png", request.width, request.height, request.seed, request.model, 0.01)


class PlainFinisher:
    """Marks nothing and keeps the picture as it is, with a small one of it."""

    async def finish(self, painted: Painted, origin: Origin) -> Finished:
        """Keep it, made different by its job as a mark would."""
        data = painted.data + b"\x00" + origin.job_id.bytes
        return Finished(data, painted.mime, painted.width, painted.height, painted.data[:64], ("metadata",))


class PassingModerator:
    """Lets everything pass, or judges as a test says."""

    name = "scripted"

    def __init__(self, prompt: Verdict = "pass", picture: Verdict = "pass") -> None:
        self.prompt, self.picture = prompt, picture

    async def judge_prompt(self, prompt: str, adult_ok: bool) -> Judgement:
        """Judge as scripted."""
        return Judgement(self.prompt, () if self.prompt == "pass" else ("scripted",), self.name)

    async def judge_picture(self, data: bytes, adult_ok: bool) -> Judgement:
        """Judge as scripted."""
        return Judgement(self.picture, () if self.picture == "pass" else ("scripted",), self.name)


def request(text: str = "a walk on the beach", model: str = "tiny", size: int = 64, seed: int = 1) -> PictureRequest:
    """Return a small request."""
    return PictureRequest(prompt=text, model=model, width=size, height=size, seed=seed)


async def order(
    house: House,
    agency_id: UUID,
    influencer_id: UUID,
    purse: Purse,
    *,
    model: str = "tiny",
    priority: int = PERSON,
    source: str = "api",
    text: str = "a walk on the beach",
    size: int = 64,
    key: bool = True,
    face: str | None = None,
) -> UUID:
    """Order one picture; with `key` it may be claimed at once."""
    job_id = new_id()
    made = replace(request(text, model, size), face_key=face)
    async with house.app.unit(agency_id) as unit:
        wish = PictureWish(text=text)
        one = Order(
            id=job_id, influencer_id=influencer_id, source=source, wish=wish, request=made, cost=2, priority=priority
        )  # fmt: skip
        await image_jobs.add(unit, purse, one)
        if key:
            await image_jobs.set_key(unit, job_id, PillowPainter().batch_key(made))
    return job_id


async def states(house: House, agency_id: UUID) -> Counter[str]:
    """Count an agency's pictures by state."""
    async with house.app.unit(agency_id) as unit:
        rows = await unit.connection.fetch("SELECT state FROM image_jobs")
    return Counter(row["state"] for row in rows)
