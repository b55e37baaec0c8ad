"""The short run: everything is killed, cut and frozen somewhere on a message's way, and nothing is lost or said twice."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from cli.scratch.chaos import run_chaos
from evals.chaos.focuses import FOCUSES
from evals.chaos.plan import PROCESSES
from evals.chaos.report import show_report, write_report

SEED = 20_261


async def test_nothing_is_lost_and_nothing_is_said_twice(tmp_path: Path) -> None:
    said: list[str] = []
    report = await run_chaos(SEED, FOCUSES["short"], said.append, tmp_path / "logs")
    console = Console(file=StringIO(), width=160, force_terminal=False)
    show_report(console, report)
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO from above
    assert report.holds, shown
    assert set(report.totals.values()) == {0}
    assert report.messages > report.bursts == FOCUSES["short"].bursts
    assert min(report.redelivered, report.overtaken, report.platform_faults, report.model_faults, report.takeovers) > 0
    assert min(report.sold, report.painter_faults, report.pictures["done"], report.posts["published"]) > 0, shown
    assert report.ever_unknown > 0, "a run in which nothing was in doubt proves little"
    hits = {f"{hit.kind} {hit.target}" for hit in report.coverage if hit.hits}
    assert hits >= {f"kill {process}" for process in PROCESSES}
    assert hits >= {
        "freeze worker",
        "flush valkey",
        "cut valkey",
        "cut postgres",
        "restart postgres",
        "kill media",
        "freeze media",
    }
    assert sum(hit.hits for hit in report.coverage) >= 15
    assert "lost: 0" in shown
    write_report(report, tmp_path / "runs" / "report.json")
    assert json.loads((tmp_path / "runs" / "report.json").read_text())["seed"] == SEED
