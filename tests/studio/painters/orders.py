"""Orders, watches and a look at pixels, for the tests of painters."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from PIL import Image

from core.ids import new_id
from core.pictures import Guides, Painted, PaintOrder, PictureRequest


def order(model: Path | str, seed: int = 0, prompt: str = "a cat", guides: Guides | None = None, **more: Any) -> PaintOrder:
    """Ask for a small picture of few steps."""
    wanted = {"width": 64, "height": 64, "steps": 2, **more}
    return PaintOrder(new_id(), PictureRequest(prompt=prompt, model=str(model), seed=seed, **wanted), guides or Guides())


class Watch:
    """Keeps what it was told; withdraws after so many steps."""

    def __init__(self, withdraw_after: int | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self.previews: dict[UUID, list[bytes]] = {}
        self._withdraw_after = withdraw_after

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        self.steps.append((done, steps))
        for id, data in previews.items():
            self.previews.setdefault(id, []).append(data)

    def cancelled(self) -> bool:
        return self._withdraw_after is not None and len(self.steps) >= self._withdraw_after


def pixels(painted: Painted | bytes) -> Any:
    """Return the levels of a picture, (height, width, 3), as whole numbers that may be subtracted."""
    data = painted if isinstance(painted, bytes) else painted.data
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def apart(one: Painted, other: Painted) -> int:
    """Return the largest difference of two pictures, in levels of 0..255."""
    return int(abs(pixels(one) - pixels(other)).max())


def coloured(colour: str, size: tuple[int, int] = (64, 64), mode: str = "RGB") -> bytes:
    """Return a picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")
    return out.getvalue()
