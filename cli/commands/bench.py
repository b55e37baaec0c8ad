"""Measures against the budgets of the design, or holds two measurements against each other."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.errors import BadInput

HELP = "Measure against the budgets of the design; `muse bench compare A B` shows what changed between two runs."
RUNS = Path("evals") / "runs"
# as in cli/scratch/benches.py, which costs seconds to import; a test compares
NAMES = (
    "imports", "acknowledgements", "turns", "load", "throughput", "steps", "rush", "waiting", "kills", "bursts", "growth",
    "warm-start", "memory", "media", "pictures",
)  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what to measure and where to write it."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} (all); or: compare A.json B.json")
    parser.add_argument("--json", metavar="FILE", help="where the figures are written (evals/runs/<time>/bench.json)")
    parser.add_argument("--quick", action="store_true", help="a rough look: fewer rounds, a tenth of the stored messages")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a budget is missed or a bench fails")


def run(arguments: Namespace) -> int:
    """Measure, print and write. Raises `BadInput`, `NotFound`, and `Unavailable` when a part does not start."""
    if arguments.names[:1] == ["compare"]:
        return _compare(arguments.names[1:])
    if unknown := [name for name in arguments.names if name not in NAMES]:
        raise BadInput(f"There is no bench {unknown[0]}; there are: {', '.join(NAMES)}.")
    return _measure(arguments)


def _measure(arguments: Namespace) -> int:
    from cli.scratch.benches import Order, run_benches
    from cli.scratch.interrupt import run_to_end
    from cli.settings import ROOT
    from cli.terminal import open_console
    from evals.bench.figures import make_run, write_run
    from evals.bench.report import show_run

    console = open_console()
    file = Path(arguments.json) if arguments.json else ROOT / RUNS / time.strftime("%Y%m%d-%H%M%S") / "bench.json"
    order = Order(lambda words: console.print(words, style="dim"), file.parent, arguments.quick)
    figures, failed = run_to_end(run_benches(arguments.names or list(NAMES), order))
    done = make_run(figures)
    write_run(done, file)
    show_run(console, done)
    for name, why in failed.items():
        console.print(f"{name} failed: {why}", style="red", markup=False)
    console.print(f"Written to {file}", style="dim", soft_wrap=True)
    return 1 if arguments.strict and (done.missed or failed) else 0


def _compare(files: list[str]) -> int:
    from cli.terminal import open_console
    from evals.bench.figures import read_run
    from evals.bench.report import show_comparison

    if len(files) != 2:
        raise BadInput("Two files are compared: muse bench compare A.json B.json")
    before, after = (read_run(Path(file)) for file in files)
    show_comparison(open_console(), before, after)
    return 0
