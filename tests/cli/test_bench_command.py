"""`muse bench` as a person types it: a short bench for real, its file, the comparison, wrong names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import main
from cli.commands.bench import NAMES
from cli.scratch import benches
from core.errors import Unavailable
from evals.bench.figures import Budget, Figure, compare, make_run, read_run, write_run


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
        (["bench", "speed"], f"muse: There is no bench speed; there are: {', '.join(NAMES)}.\n"),
        (["bench", "compare", "a.json"], "muse: Two files are compared: muse bench compare A.json B.json\n"),
    ],
)
def test_wrong_names_are_answered_with_the_right_ones(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 2
    assert capsys.readouterr().err == said


def test_the_command_knows_every_bench() -> None:
    assert tuple(benches.BENCHES) == NAMES


async def test_a_bench_that_fails_leaves_the_others_their_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fine(_order: benches.Order) -> list[Figure]:
        return [compare("fine", 1.0, "s")]

    async def broken(_order: benches.Order) -> list[Figure]:
        raise ExceptionGroup("two", [Unavailable("no stack"), TimeoutError("no answer")])

    monkeypatch.setattr(benches, "BENCHES", {"a": broken, "b": fine})
    said: list[str] = []
    figures, failed = await benches.run_benches(["a", "b"], benches.Order(said.append, tmp_path))
    assert [figure.name for figure in figures] == ["fine"]
    assert failed == {"a": "no stack; no answer"}
    assert said == ["a: failed: no stack; no answer"]
