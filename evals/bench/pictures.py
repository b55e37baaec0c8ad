"""Our painter beside a raw diffusers loop: pictures a second at equal batch, what batching gains, cold and warm start.

The models are tiny ones with random weights, so that what is not the model's work weighs most; on a graphics card
`pictures_gpu.py` does the same with the shape of SDXL.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

from core.pictures import PaintOrder, PictureRequest
from evals.bench.figures import Budget, Figure, compare, median
from studio.painters.config import PainterConfig
from studio.painters.local import LocalPainter
from studio.painters.tiny import build_tiny

GUIDANCE = 5.0


class Silent:
    """A watch that nobody looks through."""

    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        """Take no notice."""

    def cancelled(self) -> bool:
        """Go on."""
        return False


def orders_of(model: str, seeds: list[int], side: int, steps: int) -> list[PaintOrder]:
    """Ask for square pictures."""
    return [
        PaintOrder(
            uuid4(),
            PictureRequest(
                prompt=f"view number {seed}", model=model, width=side, height=side, seed=seed, steps=steps, guidance=GUIDANCE
            ),
        )
        for seed in seeds
    ]


async def measure_pictures(quick: bool = False) -> list[Figure]:
    """Measure on the processor; some half minute, `quick` a third of it."""
    rounds, side, steps = (3, 64, 4) if quick else (7, 128, 8)
    with tempfile.TemporaryDirectory() as folder:
        model = str(await asyncio.to_thread(build_tiny, Path(folder) / "sdxl", "sdxl"))
        config = PainterConfig(model=model, device="cpu")
        painter = LocalPainter(config)
        began = time.perf_counter()
        await painter.paint(orders_of(model, [0], side, steps), Silent())
        cold = time.perf_counter() - began
        try:
            figures = await _side_by_side(painter, model, rounds, side, steps)
            warm = median([await _one(painter, model, side, steps) for _ in range(rounds)])
        finally:
            await painter.close()
    note = "torch and diffusers imported or not, reading the files, the first picture"
    return [
        *figures,
        compare("first picture of a cold model", cold, "s", note=note),
        compare("one picture of a warm model", warm, "s"),
    ]


async def _side_by_side(painter: LocalPainter, model: str, rounds: int, side: int, steps: int) -> list[Figure]:
    from evals.bench.baselines.raw_diffusers import RawLoop

    raw = await asyncio.to_thread(RawLoop, model, "cpu")
    figures, rates = [], {}
    for batch in (1, 4):
        ours, theirs = [], []
        for number in range(rounds):
            seeds = list(range(number * batch, (number + 1) * batch))
            began = time.perf_counter()
            await asyncio.to_thread(raw.paint, [f"view number {s}" for s in seeds], seeds, side, steps, GUIDANCE)
            theirs.append(batch / (time.perf_counter() - began))
            began = time.perf_counter()
            await painter.paint(orders_of(model, seeds, side, steps), Silent())
            ours.append(batch / (time.perf_counter() - began))
        rates[batch] = max(ours)
        name, note = f"pictures a second, batch of {batch}", f"best of {rounds}, in turns; previews and encoding included"
        figures.append(compare(name, rates[batch], "/s", max(theirs), Budget("ratio", least=0.95), note))
    return [*figures, compare("gain of a batch of 4", rates[4] / rates[1], "×")]


async def _one(painter: LocalPainter, model: str, side: int, steps: int) -> float:
    began = time.perf_counter()
    await painter.paint(orders_of(model, [1], side, steps), Silent())
    return time.perf_counter() - began
