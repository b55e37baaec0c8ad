"""Measures against the budgets of the design, or holds two measurements against each other."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.errors import BadInput

HELP = "Measure against the budgets of the design; `muse bench compare A B` shows what changed between two runs."
RUNS = Path("evals") / "runs"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what to measure and where to write it."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="imports, acknowledgements, turns, warm-start (all); or: compare A.json B.json"
    )
    parser.add_argument("--json", metavar="FILE", help="where the figures are written (evals/runs/<time>/bench.json)")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a budget is missed")


def run(arguments: Namespace) -> int:
    """Measure, print and write. Raises `BadInput`, `NotFound`, and `Unavailable` when a part does not start."""
    if arguments.names[:1] == ["compare"]:
        return _compare(arguments.names[1:])
    return _measure(arguments.names, arguments.json, arguments.strict)


def _measure(names: list[str], out: str | None, strict: bool) -> int:
    from cli.scratch.benches import BENCHES, run_benches
    from cli.scratch.interrupt import run_to_end
    from cli.settings import ROOT
    from cli.terminal import open_console
    from evals.bench.figures import make_run, write_run
    from evals.bench.report import show_run

    if unknown := [name for name in names if name not in BENCHES]:
        raise BadInput(f"There is no bench {unknown[0]}; there are: {', '.join(BENCHES)}.")
    console = open_console()
    done = make_run(run_to_end(run_benches(names or list(BENCHES), lambda words: console.print(words, style="dim"))))
    file = Path(out) if out else ROOT / RUNS / time.strftime("%Y%m%d-%H%M%S") / "bench.json"
    write_run(done, file)
    show_run(console, done)
    console.print(f"Written to {file}", style="dim", soft_wrap=True)
    return 1 if strict and done.missed else 0


def _compare(files: list[str]) -> int:
    from cli.terminal import open_console
    from evals.bench.figures import read_run
    from evals.bench.report import show_comparison

    if len(files) != 2:
        raise BadInput("Two files are compared: muse bench compare A.json B.json")
    before, after = (read_run(Path(file)) for file in files)
    show_comparison(open_console(), before, after)
    return 0
