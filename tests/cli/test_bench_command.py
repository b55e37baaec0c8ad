"""`muse bench` as a person types it: a short bench for real, its file, the comparison, wrong names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import main
from evals.bench.figures import Budget, compare, make_run, read_run, write_run


def test_a_bench_prints_its_figures_and_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bench.json"
    assert main.run(["bench", "imports", "--json", str(file), "--strict"]) == 0
    shown = capsys.readouterr().out
    assert "import of gateway.app" in shown
    assert {figure.name for figure in read_run(file).figures} == {"import of gateway.app", "heavy packages it loads"}


def test_runs_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file, value in zip(files, (10.0, 20.0), strict=True):
        write_run(make_run([compare("turns", value, "ms", budget=Budget("ours", most=15))]), file)
    assert main.run(["bench", "compare", *map(str, files)]) == 0
    assert "+100%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bench", "speed"], "muse: There is no bench speed; there are: imports, acknowledgements, turns, warm-start.\n"),
        (["bench", "compare", "a.json"], "muse: Two files are compared: muse bench compare A.json B.json\n"),
    ],
)
def test_wrong_names_are_answered_with_the_right_ones(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 5
    assert capsys.readouterr().err == said
