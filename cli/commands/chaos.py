"""Breaks a scratch stack on purpose and compares what fans said, what the ledger says and what the platform got."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "Break a scratch stack on purpose and prove that no message is lost, answered twice or sent by the wrong hands."
RUNS = Path("evals") / "runs"
SEED = 20_261


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what to run."""
    parser.add_argument("--focus", default="long", help="what to stress: long (default), short, or a mechanism's own run")
    parser.add_argument("--bursts", type=int, help="how many bursts of one to five messages (the focus' own number)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"everything that happens comes from it ({SEED})")
    parser.add_argument(
        "--mutations", nargs="*", metavar="NAME", help="run copies without one mechanism each (all), which must be caught"
    )
    parser.add_argument("--incidents", action="store_true", help="play faults that others had, one after the other")
    parser.add_argument("--json", metavar="FILE", help="where the report is written (evals/runs/chaos-<time>/report.json)")


def run(arguments: Namespace) -> int:
    """Run, print and write. Raises `BadInput`, and `Unavailable` when a part does not start."""
    if arguments.incidents:
        return _play_incidents(arguments.seed)
    if arguments.mutations is not None:
        return _run_mutations(arguments.mutations, arguments.seed, arguments.bursts)
    return _run_focus(arguments)


def _run_mutations(names: list[str], seed: int, bursts: int | None) -> int:
    from cli.scratch.interrupt import run_to_end
    from cli.scratch.mutants import run_mutated
    from cli.terminal import open_console
    from core.errors import BadInput
    from evals.chaos.mutants import caught, read_mutations

    mutations, console, missed = read_mutations(), open_console(), 0
    if unknown := [name for name in names if name not in mutations]:
        raise BadInput(f"There is no mutation {unknown[0]}; there are: {', '.join(mutations)}.")
    for name in names or mutations:
        mutation = mutations[name]
        console.print(f"{name}: {mutation.says}")
        by = caught(mutation, run_to_end(run_mutated(mutation, seed, bursts)))
        console.print(f"  caught by {', '.join(by)}" if by else "  NOT CAUGHT")
        missed += not by
    return 1 if missed else 0


def _play_incidents(seed: int) -> int:
    from cli.scratch.chaos import play_incidents
    from cli.scratch.interrupt import run_to_end
    from cli.terminal import open_console

    console = open_console()
    wrong = run_to_end(play_incidents(seed, lambda words: console.print(words, soft_wrap=True)))
    return 1 if wrong else 0


def _run_focus(arguments: Namespace) -> int:
    from msgspec.structs import replace

    from cli.scratch.chaos import run_chaos
    from cli.scratch.interrupt import run_to_end
    from cli.settings import ROOT
    from cli.terminal import open_console
    from core.errors import BadInput
    from evals.chaos.focuses import FOCUSES
    from evals.chaos.report import show_report, write_report

    if arguments.focus not in FOCUSES:
        raise BadInput(f"There is no focus {arguments.focus}; there are: {', '.join(FOCUSES)}.")
    focus = FOCUSES[arguments.focus]
    if arguments.bursts:
        focus = replace(focus, bursts=arguments.bursts)
    console = open_console()
    default = ROOT / RUNS / f"chaos-{time.strftime('%Y%m%d-%H%M%S')}" / "report.json"
    file = Path(arguments.json) if arguments.json else default
    work = run_chaos(arguments.seed, focus, lambda words: console.print(words, style="dim"), file.parent / "logs")
    report = run_to_end(work)
    write_report(report, file)
    show_report(console, report)
    console.print(f"Written to {file}", style="dim", soft_wrap=True)
    return 0 if report.holds else 1
