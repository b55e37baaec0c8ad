"""Runs as tables: one beside its budgets, two beside each other."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.bench.figures import BenchRun, Figure

NOTICEABLE = 0.1


def show_run(console: Console, run: BenchRun) -> None:
    """Print the figures of a run."""
    table = _table("FIGURE", "OURS", "BASELINE", "RATIO", "BUDGET", "MET")
    for figure in run.figures:
        ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else "–"
        table.add_row(
            figure.name, _amount(figure.ours, figure), _amount(figure.baseline, figure), ratio, figure.budget, _met(figure)
        )
    console.print(table)
    for figure in run.figures:
        if figure.note:
            console.print(f"{figure.name}: {figure.note}", style="dim")
    kept, judged = sum(figure.met is True for figure in run.figures), sum(figure.met is not None for figure in run.figures)
    console.print(
        Text(f"{kept} of {judged} budgets kept on {run.machine}, {run.cores} cores.", "red" if run.missed else "green")
    )


def show_comparison(console: Console, before: BenchRun, after: BenchRun) -> None:
    """Print how the second run differs from the first; figures with a baseline by their ratios."""
    table = _table("FIGURE", "BEFORE", "AFTER", "CHANGE", "RATIO BEFORE", "RATIO AFTER", "MET")
    known = {figure.name: figure for figure in before.figures}
    for figure in after.figures:
        old = known.pop(figure.name, None)
        table.add_row(
            figure.name,
            _amount(old.ours if old else None, figure),
            _amount(figure.ours, figure),
            _change(old, figure),
            f"{old.ratio:.2f}" if old and old.ratio is not None else "–",
            f"{figure.ratio:.2f}" if figure.ratio is not None else "–",
            _met(figure),
        )
    for gone in known.values():
        table.add_row(gone.name, _amount(gone.ours, gone), "–", "gone", "–", "–", Text())
    console.print(table)


def _change(old: Figure | None, new: Figure) -> Text:
    if old is None:
        return Text("new")
    was, now = (old.ratio, new.ratio) if old.ratio is not None and new.ratio is not None else (old.ours, new.ours)
    if not was:
        return Text("–")
    share = now / was - 1
    return Text(f"{share:+.0%}", "yellow" if abs(share) >= NOTICEABLE else "dim")


def _amount(value: float | None, figure: Figure) -> str:
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {figure.unit}"


def _met(figure: Figure) -> Text:
    return {True: Text("✓", "green"), False: Text("✗", "bold red"), None: Text("–", "dim")}[figure.met]


def _table(*columns: str) -> Table:
    table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    return table
