"""The same as `pictures.py` on a graphics card, with a model of SDXL's shape; `python -m evals.bench.pictures_gpu --json FILE`.

A program of its own: it needs torch, diffusers, transformers, accelerate, peft, pillow, safetensors and msgspec, and of Muse
core and studio only; no database, nothing downloaded. `--quick` runs on the processor with a tiny model.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import io
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.errors import MuseError
from core.pictures import Painted
from evals.bench.pictures import GUIDANCE, Silent, orders_of
from studio.painters.config import PainterConfig
from studio.painters.local import LocalPainter

WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "channels last": {"channels_last": "on"},
    "compiled": {"compiled": "on"},
    "compiled, channels last": {"compiled": "on", "channels_last": "on"},
    "attention in slices": {"slicing": "on"},
    "offload by model": {"offload": "model"},
    "offload by layer": {"offload": "sequential"},
}
SLOW = ("offload by layer",)


class Row(Struct, frozen=True):
    """One measurement: pictures a second (warm), the most memory in GB, the first call's seconds; or why there is none."""

    way: str
    batch: int
    per_second: float | None = None
    peak_gb: float | None = None
    first_s: float | None = None
    failed: str = ""


class Sameness(Struct, frozen=True):
    """How far pictures of a batch are from single ones, levels of 0..255."""

    way: str
    batch: int
    largest: int
    share_above_2: float
    mean: float


class Plan(Struct, frozen=True):
    """What to measure."""

    model: str
    device: str
    side: int
    steps: int
    batches: list[int]
    rounds: int
    until: float

    def late(self) -> bool:
        """Whether the time is used up; what is left is not begun."""
        return time.monotonic() > self.until


def free(device: str) -> None:
    """Give memory back and count its peak anew."""
    from studio.painters.devices import free_memory

    gc.collect()
    free_memory(device)


def _peak(device: str) -> float | None:
    from studio.painters.devices import peak_memory

    found = peak_memory(device)
    return None if found is None else found / 1e9


def measure_raw(plan: Plan) -> list[Row]:
    """Run the raw loop, which is the baseline of all else."""
    from evals.bench.baselines.raw_diffusers import RawLoop

    began = time.monotonic()
    raw = RawLoop(plan.model, plan.device)
    rows = [Row("raw loop, loading", 0, first_s=time.monotonic() - began)]
    for batch in plan.batches:
        free(plan.device)

        def paint(number: int, batch: int = batch) -> None:
            seeds = [number * batch + n for n in range(batch)]
            raw.paint([f"view number {seed}" for seed in seeds], seeds, plan.side, plan.steps, GUIDANCE)

        began = time.monotonic()
        try:
            paint(0)
            first = time.monotonic() - began
            began = time.monotonic()
            for number in range(plan.rounds):
                paint(number)
        except RuntimeError as error:
            rows.append(Row("raw loop", batch, failed=type(error).__name__))
            continue
        rate = plan.rounds * batch / (time.monotonic() - began)
        rows.append(Row("raw loop", batch, rate, _peak(plan.device), first))
    raw.pipe = None
    free(plan.device)
    return rows


async def measure_way(plan: Plan, way: str, batches: list[int]) -> tuple[list[Row], list[Sameness]]:
    """Run our painter in one way."""
    painter = LocalPainter(PainterConfig(model=plan.model, device=plan.device, **WAYS[way]))  # type: ignore[arg-type]  # as the CLI
    rows: list[Row] = []
    same: list[Sameness] = []
    try:
        began = time.monotonic()
        await painter.load()
        rows.append(Row(f"{way}, loading", 0, first_s=time.monotonic() - began))
        for batch in batches:
            if plan.late():
                rows.append(Row(way, batch, failed="no time left"))
                continue
            rows.append(await _rate(plan, painter, way, batch))
            if batch > 1 and not rows[-1].failed and way in ("plain", "compiled, channels last"):
                same.append(await _sameness(plan, painter, way, batch))
    except MuseError as error:
        rows.append(Row(way, 0, failed=str(error)))
    finally:
        await painter.close()
        free(plan.device)
    return rows, same


async def _rate(plan: Plan, painter: LocalPainter, way: str, batch: int) -> Row:
    free(plan.device)

    async def paint(number: int) -> None:
        seeds = [number * batch + n for n in range(batch)]
        await painter.paint(orders_of(plan.model, seeds, plan.side, plan.steps), Silent())

    began = time.monotonic()
    rounds = 1 if way in SLOW else plan.rounds
    try:
        await paint(0)
        first = time.monotonic() - began
        began = time.monotonic()
        for number in range(rounds):
            await paint(number)
    except MuseError as error:
        return Row(way, batch, failed=str(error))
    return Row(way, batch, rounds * batch / (time.monotonic() - began), _peak(plan.device), first)


async def _sameness(plan: Plan, painter: LocalPainter, way: str, batch: int) -> Sameness:
    import numpy as np
    from PIL import Image

    def levels(painted: Painted) -> Any:
        return np.asarray(Image.open(io.BytesIO(painted.data)).convert("RGB")).astype(int)

    orders = orders_of(plan.model, list(range(batch)), plan.side, plan.steps)
    together = await painter.paint(orders, Silent())
    [alone] = await painter.paint(orders[-1:], Silent())
    apart = abs(levels(alone) - levels(together[-1]))
    return Sameness(way, batch, int(apart.max()), float((apart > 2).mean()), float(apart.mean()))


def show(rows: list[Row], same: list[Sameness]) -> None:
    """Print what was measured."""
    raw = {row.batch: row.per_second for row in rows if row.way == "raw loop"}
    print(f"{'WAY':34} {'BATCH':>5} {'PICTURES/S':>11} {'OF RAW':>7} {'PEAK GB':>8} {'FIRST S':>8}")
    for row in rows:
        base = raw.get(row.batch)
        share = f"{row.per_second / base:.2f}" if row.per_second and base else "–"
        cells = [f"{value:.3f}" if value is not None else "–" for value in (row.per_second, row.peak_gb, row.first_s)]
        print(f"{row.way:34} {row.batch or '':>5} {cells[0]:>11} {share:>7} {cells[1]:>8} {cells[2]:>8} {row.failed}")
    for one in same:
        print(
            f"{one.way}, batch of {one.batch} beside single: largest {one.largest} levels, {one.share_above_2:.4%} above 2, "
            f"mean {one.mean:.4f}"
        )


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", required=True, help="where the figures are written, after each way anew")
    parser.add_argument("--quick", action="store_true", help="on the processor, with a tiny model")
    parser.add_argument("--side", type=int, default=1024, help="pixels of the square pictures")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="calls of each batch, after one to warm up")
    parser.add_argument("--batches", default="1,2,4,8")
    parser.add_argument("--ways", default=",".join(WAYS).replace(", channels last", "; channels last"), help="; for a comma")
    parser.add_argument("--limit", type=float, default=540.0, help="seconds after which nothing more is begun")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _run(arguments, Path(folder))


def _run(arguments: argparse.Namespace, folder: Path) -> None:
    from studio.painters.devices import choose_device, device_name
    from studio.painters.shapes import build_sdxl_shaped
    from studio.painters.tiny import build_tiny

    until = time.monotonic() + arguments.limit
    device = "cpu" if arguments.quick else choose_device("auto")
    began = time.monotonic()
    model = build_tiny(folder / "m", "sdxl") if arguments.quick else build_sdxl_shaped(folder / "m", device)
    print(f"{device_name(device)}; model written in {time.monotonic() - began:.0f} s", flush=True)
    free(device)
    batches = [int(word) for word in arguments.batches.split(",")]
    side, steps = (64, 3) if arguments.quick else (arguments.side, arguments.steps)
    plan = Plan(str(model), device, side, steps, batches, 1 if arguments.quick else arguments.rounds, until)
    rows, same = measure_raw(plan), list[Sameness]()
    for way in (name.replace(";", ",").strip() for name in arguments.ways.split(",")):
        if plan.late():
            rows.append(Row(way, 0, failed="no time left"))
            continue
        few = (
            batches
            if way in ("plain", "channels last")
            else batches[:1]
            if way in SLOW
            else sorted({batches[0], max(batches[:3])})
        )
        more, compared = asyncio.run(measure_way(plan, way, few))
        rows, same = rows + more, same + compared
        found = {"device": device_name(device), "side": side, "steps": steps, "rows": rows, "sameness": same}
        Path(arguments.json).write_text(json.dumps(msgspec.to_builtins(found), indent=1))
        print(f"{way} done after {time.monotonic() - began:.0f} s", flush=True)
    show(rows, same)


if __name__ == "__main__":
    main()
