"""`muse chaos` as a person types it: wrong names are answered with the right ones."""

from __future__ import annotations

import pytest

from cli import main
from evals.chaos.focuses import FOCUSES
from evals.chaos.mutants import read_mutations


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--focus", "loud"], f"muse: There is no focus loud; there are: {', '.join(FOCUSES)}.\n"),
        (["--mutations", "luck"], f"muse: There is no mutation luck; there are: {', '.join(read_mutations())}.\n"),
    ],
)
def test_wrong_names_are_answered_with_the_right_ones(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["chaos", *words]) == 2
    assert capsys.readouterr().err == said
