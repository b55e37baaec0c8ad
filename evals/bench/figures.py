"""A figure, its baseline, its budget; and a run of them as a file."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from core.errors import BadInput, NotFound

Of = Literal["ours", "ratio"]


class Budget(Struct, frozen=True):
    """What a figure must keep: `of` is the figure itself or its ratio to the baseline."""

    of: Of
    least: float | None = None
    most: float | None = None

    def met(self, ours: float, ratio: float | None) -> bool | None:
        """Say whether it is kept; None when there is nothing to hold against it."""
        value = ours if self.of == "ours" else ratio
        if value is None:
            return None
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        """Write it as `≤ 30`, `= 1` or `ratio ≥ 0.9`."""
        if self.least is not None and self.least == self.most:
            return f"= {self.least:g}" if self.of == "ours" else f"ratio = {self.least:g}"
        bound = f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"
        return bound if self.of == "ours" else f"ratio {bound}"


class Figure(Struct, frozen=True):
    """One measured value: the median of several runs, beside a baseline of the same run if there is one."""

    name: str
    ours: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    budget: str = ""
    met: bool | None = None
    note: str = ""


class BenchRun(Struct, frozen=True):
    """All figures of a run, and the machine that they are true for."""

    at: datetime
    machine: str
    cores: int
    figures: list[Figure]

    @property
    def missed(self) -> list[Figure]:
        """Return the figures that miss their budget."""
        return [figure for figure in self.figures if figure.met is False]


class _Place(Struct, frozen=True):
    """When and where a run was made."""

    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    machine: str = "an unknown machine"
    cores: int = 0


def compare(
    name: str, ours: float, unit: str, baseline: float | None = None, budget: Budget | None = None, note: str = ""
) -> Figure:
    """Hold a value against its baseline and its budget."""
    ratio = ours / baseline if baseline else None
    met = budget.met(ours, ratio) if budget else None
    return Figure(name, ours, unit, baseline, ratio, str(budget) if budget else "", met, note)


def median(values: Sequence[float]) -> float:
    """Return the median. Raises `StatisticsError` of nothing."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0..1) of all lie, the nearest rank."""
    rank = math.ceil(share * len(values) - 1e-9)  # 0.99 × 100 must not become the hundredth
    return sorted(values)[min(len(values), max(1, rank)) - 1]


def make_run(figures: Sequence[Figure]) -> BenchRun:
    """Put figures together with the time and the machine."""
    return BenchRun(datetime.now(UTC), f"{platform.system()} {platform.machine()}", os.cpu_count() or 1, list(figures))


def write_run(run: BenchRun, file: Path) -> None:
    """Write a run's figures as a JSON list; when and where it ran stands in a small file beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(run.figures)) + b"\n")
    _beside(file).write_bytes(msgspec.json.encode(_Place(run.at, run.machine, run.cores)) + b"\n")


def read_run(file: Path) -> BenchRun:
    """Read a run; its figures alone are enough. Raises `NotFound` and `BadInput`."""
    try:
        figures = msgspec.json.decode(file.read_bytes(), type=list[Figure])
        beside = _beside(file)
        place = msgspec.json.decode(beside.read_bytes(), type=_Place) if beside.exists() else _Place()
    except OSError as error:
        raise NotFound(f"{file}: {error.strerror}.") from None
    except msgspec.DecodeError as error:
        raise BadInput(f"{file} is no bench run: {error}.") from None
    return BenchRun(place.at, place.machine, place.cores, figures)


def _beside(file: Path) -> Path:
    return file.with_suffix(".machine.json")
