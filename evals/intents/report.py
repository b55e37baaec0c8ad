"""The bench's tables, and its figures as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev

import msgspec
from msgspec import Struct
from rich import box
from rich.console import Console
from rich.table import Table

from core.errors import BadInput
from evals.intents.figures import Figure, Share


class Report(Struct, frozen=True):
    """All that one run found; `tables` are shares by language, by intent and by confusion; `published` are others' figures."""

    format: str
    embedder: str
    figures: list[Figure]
    tables: dict[str, list[tuple[str, Share]]] = {}
    ms_per_sentence: float | None = None
    published: tuple[tuple[str, float, float], ...] = ()


def write_report(report: Report, file: Path) -> None:
    """Write the figures as JSON. Raises `BadInput` when the file cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    except OSError as error:
        raise BadInput(f"{file} cannot be written ({error.strerror}).") from error


def show_report(console: Console, report: Report) -> None:
    """Print every figure with its 95 % interval, in per cent; runs that differ by seed alone as mean ± deviation."""
    table = Table("SETTING", "METHOD", "IN SCOPE", "OUT OF SCOPE", "FALSE ALARM", "MACRO F1", "NOTE", box=box.SIMPLE_HEAD)
    for figures in _group(report.figures):
        table.add_row(*_row(figures))
    for name, inside, outside in report.published:
        table.add_row("full", f"{name} (published)", f"{inside:.1f}", f"{outside:.1f}", "", "", "")
    console.print(table)
    console.print(
        "In per cent: right intents of what is in scope · found out of scope of what is · taken for it though it is not."
    )
    _show_shares(console, report.tables)
    if report.ms_per_sentence is not None:
        console.print(f"{report.ms_per_sentence:.2f} ms per sentence beside the embedding ({report.embedder})")


def _group(figures: Sequence[Figure]) -> list[list[Figure]]:
    groups: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in figures:
        groups.setdefault((figure.setting, figure.method, figure.note if "seed" not in figure.note else ""), []).append(figure)
    return list(groups.values())


def _row(figures: list[Figure]) -> list[str]:
    first = figures[0]
    shares = [[getattr(figure, name) for figure in figures] for name in ("inside", "outside", "false_alarm")]
    spread = [str(values[0]) if len(values) == 1 else _spread([one.value for one in values]) for values in shares]
    f1 = f"{100 * fmean(figure.macro_f1 for figure in figures):.1f}"
    return [first.setting, first.method, *spread, f1, first.note if len(figures) == 1 else f"{len(figures)} seeds"]


def _spread(values: list[float]) -> str:
    return f"{100 * fmean(values):.1f} ± {100 * stdev(values):.1f}"


def _show_shares(console: Console, tables: Mapping[str, list[tuple[str, Share]]]) -> None:
    for title, rows in tables.items():
        table = Table(title.upper(), "SHARE", "OF", box=box.SIMPLE_HEAD)
        for name, one in rows:
            table.add_row(name, str(one), str(one.of))
        console.print(table)
