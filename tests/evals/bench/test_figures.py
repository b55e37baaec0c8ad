"""Figures: ratios, budgets both ways, files that come back as they were, tables that name the misses."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from core.errors import BadInput, NotFound
from evals.bench.figures import Budget, Figure, compare, make_run, percentile, read_run, write_run
from evals.bench.report import show_comparison, show_run


@pytest.mark.parametrize(
    ("budget", "ours", "baseline", "met", "words"),
    [
        (Budget("ratio", least=0.9), 95.0, 100.0, True, "ratio ≥ 0.9"),
        (Budget("ratio", least=0.9), 89.0, 100.0, False, "ratio ≥ 0.9"),
        (Budget("ratio", most=1.5), 15.0, 10.0, True, "ratio ≤ 1.5"),
        (Budget("ratio", most=1.5), 15.1, 10.0, False, "ratio ≤ 1.5"),
        (Budget("ours", most=30), 30.0, 1.0, True, "≤ 30"),
        (Budget("ours", most=30), 31.0, 40.0, False, "≤ 30"),
        (Budget("ours", most=0), 0.0, None, True, "≤ 0"),
        (Budget("ours", least=1, most=1), 1.0, 4.0, True, "= 1"),
        (Budget("ours", least=1, most=1), 2.0, 4.0, False, "= 1"),
        (Budget("ratio", least=0.9), 95.0, None, None, "ratio ≥ 0.9"),
    ],
)
def test_a_budget_is_kept_or_missed(budget: Budget, ours: float, baseline: float | None, met: bool | None, words: str) -> None:
    figure = compare("x", ours, "ms", baseline, budget)
    assert (figure.met, figure.budget) == (met, words)
    assert figure.ratio == (ours / baseline if baseline else None)


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1.0, 50.0, 99.0, 100.0]
    assert percentile([7.0], 0.99) == 7.0


def test_a_run_comes_back_from_its_file(tmp_path: Path) -> None:
    run = make_run([compare("a", 1.5, "ms", 1.0, Budget("ours", most=1.0), "a note")])
    file = tmp_path / "new" / "bench.json"
    write_run(run, file)
    assert read_run(file) == run
    [row] = json.loads(file.read_text())
    assert {"name", "ours", "baseline", "ratio", "unit", "budget", "met"} <= set(row)
    (tmp_path / "new" / "bench.machine.json").unlink()
    assert read_run(file).figures == run.figures, "the list alone can be compared"
    assert [figure.name for figure in run.missed] == ["a"]
    with pytest.raises(NotFound):
        read_run(tmp_path / "none.json")
    file.write_text('{"figures": 1}')
    with pytest.raises(BadInput):
        read_run(file)


def printed(show: object, *runs: object) -> str:
    out = StringIO()
    show(Console(file=out, width=140), *runs)  # type: ignore[operator]  # either of the two
    return out.getvalue()


def test_a_table_names_what_was_missed() -> None:
    kept = compare("kept", 2000.0, "/s", 2000.0, Budget("ratio", least=0.9))
    missed = compare("missed", 45.25, "ms", 1.0, Budget("ours", most=30), "because")
    shown = printed(show_run, make_run([kept, missed, Figure("open", 1.0, "s")]))
    assert "2,000 /s" in shown
    assert "45.2 ms" in shown
    assert "1 of 2 budgets kept" in shown
    assert "missed: because" in shown
    assert [line.count("✗") for line in shown.splitlines() if " missed" in line] == [1]


def test_two_runs_are_held_against_each_other_by_their_ratios() -> None:
    """The second machine is twice as fast, baseline and all; only what changed beside the baseline is a change."""
    before = make_run([compare("acks", 1000.0, "/s", 2000.0), compare("gone", 1.0, "s")])
    after = make_run([compare("acks", 3000.0, "/s", 4000.0), compare("fresh", 2.0, "s")])
    lines = {line.split()[0]: line for line in printed(show_comparison, before, after).splitlines() if line.strip()}
    assert "+50%" in lines["acks"]
    assert "new" in lines["fresh"]
    assert "gone" in lines["gone"]
