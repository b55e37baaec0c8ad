"""A measurement of memory as a table and as a file."""

from __future__ import annotations

from pathlib import Path

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table as Grid

from evals.memory.run import COUNTED, Report
from evals.memory.scores import DEPTHS, Mean


def show_report(console: Console, report: Report) -> None:
    """Print recall by category and way, with 95 % intervals by resampling conversations."""
    grid = Grid(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    grid.add_column("QUESTIONS")
    grid.add_column("WAY")
    for column in ("N", *(f"RECALL@{k}" for k in DEPTHS), "NDCG@10"):
        grid.add_column(column, justify="right")
    for table in report.tables:
        for way, score in table.ways.items():
            name = table.category if table.category == COUNTED else f"category {table.category}"
            means = [_show(score.recall[str(k)]) for k in DEPTHS]
            grid.add_row(name, way, str(score.questions), *means, _show(score.ndcg))
        grid.add_section()
    console.print(grid)
    console.print(
        f"{report.talks} conversations, {report.messages} messages, {report.questions} questions asked, {report.facts} facts; "
        f"left out: {report.skipped_evidence} pieces of evidence that name no message, "
        f"{report.questions_without_evidence} questions without evidence."
    )
    marks = ", ".join(f"{mark} ({count})" for mark, count in report.marks.items()) or "none"
    console.print(
        f"Recall with its embedding: p50 {report.ms_p50:.1f} ms, p95 {report.ms_p95:.1f} ms; {report.tokens:.0f} tokens a "
        f"question (facts and ten episodes); embedder {report.embedder}; marks: {marks}."
    )


def write_report(report: Report, file: Path) -> None:
    """Write a measurement as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report)))


def _show(mean: Mean) -> str:
    return f"{mean.value * 100:.1f} ({mean.low * 100:.0f}-{mean.high * 100:.0f})"
