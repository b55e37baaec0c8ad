"""A painter that draws plain sheets by its seed, and pictures for tests: nothing of anybody."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from uuid import UUID

from PIL import Image

from core.errors import Withdrawn
from core.ids import new_id
from core.pictures import Guides, Painted, PaintOrder, PaintWatch, PictureRequest


def sheet(colour: tuple[int, int, int], size: tuple[int, int] = (64, 64), kind: str = "PNG", stripe: int = 0) -> bytes:
    """Return a picture of one colour, with a white stripe of so many pixels."""
    picture = Image.new("RGB", size, colour)
    if stripe:
        picture.paste((255, 255, 255), (0, 0, stripe, size[1]))
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def colour_of(seed: int) -> tuple[int, int, int]:
    """Return the colour that a seed draws."""
    return seed * 37 % 256, seed * 91 % 256, seed * 151 % 256


class SheetPainter:
    """Draws a sheet in the colour of the seed."""

    name = "sheets"

    def __init__(self) -> None:
        self.batches: list[list[PaintOrder]] = []

    def batch_key(self, request: PictureRequest) -> str:
        return f"{request.model} {request.width} {request.height}"

    def warm(self) -> frozenset[str]:
        return frozenset({"sheets"})

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        if watch.cancelled():
            raise Withdrawn("Nobody wants it any more.")
        self.batches.append(list(orders))
        return [self._draw(order.request) for order in orders]

    def _draw(self, request: PictureRequest) -> Painted:
        data = sheet(colour_of(request.seed), (request.width, request.height))
        return Painted(data, "image/png", request.width, request.height, request.seed, request.model, 0.0)

    async def close(self) -> None:
        return None


class Watch:
    """Looks on, and says from the start or after some steps that nobody wants it."""

    def __init__(self, cancel_after: int | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self.asked = 0
        self._cancel_after = cancel_after

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        self.steps.append((done, steps))

    def cancelled(self) -> bool:
        self.asked += 1
        return self._cancel_after is not None and self.asked > self._cancel_after


def order(request: PictureRequest, face: bytes | None = None) -> PaintOrder:
    """Return an order of a new job."""
    return PaintOrder(new_id(), request, Guides(face=face))
