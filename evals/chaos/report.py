"""What a run found: printed as a table, written as JSON, and whether it holds."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from evals.chaos.audit import Finding
from evals.chaos.plan import PROCESSES
from evals.chaos.steps import STEPS
from storage.ledger import Violation

MOST = 40


class Hit(Struct, frozen=True):
    """How often a blow landed, and how often nobody came by its step in time."""

    kind: str
    target: str
    step: str
    hits: int
    missed: int


class Report(Struct, frozen=True):
    """A run in figures and findings; `rested`: nothing was open at its end; times in seconds."""

    seed: int
    bursts: int
    messages: int
    redelivered: int
    overtaken: int
    platform_faults: int
    painter_faults: int
    sold: int
    given_back: int
    pictures: dict[str, int]
    posts: dict[str, int]
    model_faults: int
    takeovers: int
    turns: int
    held: dict[str, int]
    fallbacks: int
    claims: int
    deliveries: dict[str, int]
    ever_unknown: int
    resolved: int
    shown_unknown: int
    took_s: float
    rested: bool
    totals: dict[str, int]
    findings: list[Finding]
    violations: list[Violation]
    coverage: list[Hit]

    @property
    def holds(self) -> bool:
        """Say whether everything fits."""
        return self.rested and not self.findings and not self.violations

    @property
    def bursts_per_s(self) -> float:
        """Return how many bursts a second went through, blows included."""
        return round(self.bursts / self.took_s, 1) if self.took_s else 0.0


def show_report(console: Console, report: Report) -> None:
    """Print it."""
    unknown = report.deliveries.get("unknown", 0)
    rows = {
        "bursts, messages": f"{report.bursts}, {report.messages}",
        "redelivered, overtaken": f"{report.redelivered}, {report.overtaken}",
        "blows that landed": f"{sum(h.hits for h in report.coverage)} ({sum(h.missed for h in report.coverage)} found nobody)",
        "calls that went wrong": f"platform {report.platform_faults}, model {report.model_faults},"
        f" painter {report.painter_faults}",
        "packs sold": f"{report.sold}, of which given back {report.given_back}",
        "pictures": ", ".join(f"{state} {n}" for state, n in sorted(report.pictures.items())) or "none",
        "posts": ", ".join(f"{state} {n}" for state, n in sorted(report.posts.items())) or "none",
        "take-overs": str(report.takeovers),
        "turns": f"{report.turns} ({report.fallbacks} without the model)",
        "held for a person": ", ".join(f"{reason} {n}" for reason, n in report.held.items()) or "none",
        "deliveries": ", ".join(f"{state} {n}" for state, n in sorted(report.deliveries.items())),
        "ever unknown": f"{report.ever_unknown}, of which an operator resolved {report.resolved}",
        "took": f"{report.took_s:.0f} s, {report.bursts_per_s} bursts/s, seed {report.seed}",
    }
    table = Table(box=None, show_header=False)
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
    console.print(_coverage(report))
    for kind, n in report.totals.items():
        console.print(f"{kind}: {n}")
    hidden = report.totals.get("unknown not shown", 0)
    console.print(f"unknown: {unknown}, shown: {'all' if not hidden else unknown - hidden}")
    console.print(f"ledger check: {'clean' if not report.violations else 'broken'}")
    for finding in report.findings[:MOST]:
        console.print(f"  {finding.kind}: {finding.sentence} {' · '.join(finding.ids)}", soft_wrap=True)
    for violation in report.violations:
        console.print(
            f"  {violation.invariant}: {violation.sentence} ({violation.total}) {violation.rows[0].id}", soft_wrap=True
        )
    if not report.rested:
        console.print("  not at rest: messages or deliveries were still open when patience ended")
    console.print("holds" if report.holds else "DOES NOT HOLD")


def _coverage(report: Report) -> Table:
    table = Table("step", *PROCESSES, "frozen worker", box=None)
    cells = {
        (hit.kind, hit.target, hit.step): f"{hit.hits}{f' ({hit.missed})' if hit.missed else ''}" for hit in report.coverage
    }
    for step in STEPS:
        row = [cells.get(("kill", process, step), "·") for process in PROCESSES]
        table.add_row(step, *row, cells.get(("freeze", "worker", step), "·"))
    for hit in report.coverage:
        if not hit.step:
            table.add_row(f"{hit.kind} {hit.target}", str(hit.hits))
    return table


def write_report(report: Report, file: Path) -> None:
    """Write it as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
