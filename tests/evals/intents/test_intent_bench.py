"""The bench of intents: figures by hand, files that are none, a whole run on a small file of our own, and honest halves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agents.embeddings import LexicalEmbedder
from agents.reflex.learning import load_examples
from cli.commands.intent import _read_shots
from core.errors import BadInput
from evals.intents.clinc import run_clinc
from evals.intents.datasets import HALVES, Labelled, load_clinc, load_own
from evals.intents.figures import at_false_alarm, confusions, judge, macro_f1, most_right, share
from evals.intents.own import verdicts
from evals.intents.report import Report, write_report
from personas.schema import INTENTS

THINGS = {
    "cats": ["cat", "kitten", "purr", "meow"],
    "cars": ["car", "wheel", "motor", "drive"],
    "food": ["bread", "cook", "soup", "eat"],
}


def test_figures_count_what_they_say() -> None:
    figure = judge("s", "m", ["a", "a", "b", "other", "other"], ["a", "other", "a", "other", "b"], "other")
    assert (figure.inside.hits, figure.inside.of) == (1, 3)
    assert (figure.outside.hits, figure.outside.of) == (1, 2)
    assert (figure.false_alarm.hits, figure.false_alarm.of) == (1, 3)
    assert confusions(["a", "a", "b"], ["b", "b", "b"]) == [("a", "b", 2)]
    assert macro_f1(["a", "b"], ["a", "a"]) == pytest.approx(1 / 3)


def test_intervals_hold_the_share_and_narrow_with_number() -> None:
    few, many = share(9, 10), share(900, 1000)
    assert few.low < many.low < 0.9 < many.high < few.high <= 1
    assert str(share(0, 0)) == "–"


def test_thresholds_are_set_as_said() -> None:
    signs = np.asarray([1, 2, 3, 4, 0, 1.5], np.float32)
    right = np.asarray([True, True, True, True, False, False])
    inside = np.asarray([True, True, True, True, False, False])
    cut = most_right(signs, right, inside)
    kept = signs >= cut
    assert (kept & right).sum() + (~kept & ~inside).sum() == 5
    assert at_false_alarm(signs, inside, 0.5) == 2.5


def make_file(path: Path, **changes: object) -> Path:
    rows = [[f"my {one} and the {two}", name] for name, words in THINGS.items() for one in words for two in words]
    outside = [[f"quasar {number} nebula", "oos"] for number in range(8)]
    content: dict[str, object] = {
        "train": rows[::2] + rows[1::4],
        "val": rows[3::4],
        "test": rows[1::3],
        "oos_train": outside[:3],
        "oos_val": outside[3:5],
        "oos_test": outside[5:],
    }
    path.write_text(json.dumps(content | changes))
    return path


async def test_a_file_in_the_known_format_is_measured_in_every_setting(tmp_path: Path) -> None:
    figures = await run_clinc(make_file(tmp_path / "own.json"), LexicalEmbedder(), [3], 2, lambda _: None)
    settings = {(figure.setting, figure.method) for figure in figures}
    assert ("full", "ours") in settings
    assert ("full", "TF-IDF + linear SVM") in settings
    assert ("3 per intent", "ours") in settings
    best = next(figure for figure in figures if figure.method == "ours" and figure.setting == "full")
    assert best.inside.value > 0.8
    assert best.outside.value == 1.0
    write_report(Report("clinc", "lexical", figures), tmp_path / "out" / "report.json")
    assert json.loads((tmp_path / "out" / "report.json").read_text())["figures"][0]["setting"] == "full"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"train": [["a"]]}',
        '{"train": [], "val": [], "test": [], "oos_train": [], "oos_val": [], "oos_test": []}',
    ],
)
def test_a_file_that_is_none_is_refused_with_what_is_wrong(tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    with pytest.raises(BadInput, match=r"bad\.json"):
        load_clinc(file)
    with pytest.raises(BadInput, match="cannot be read"):
        load_clinc(tmp_path / "missing.json")


@pytest.mark.parametrize("given", ["x", "0", "5,", "-3", "5000"])
def test_shots_that_are_no_numbers_are_refused(given: str) -> None:
    with pytest.raises(BadInput, match="--shots"):
        _read_shots(given)
    assert _read_shots("none") == []
    assert _read_shots("5,10") == [5, 10]


def test_both_halves_are_whole_and_no_example_stands_in_them() -> None:
    examples = {text.lower() for text in load_examples().texts}
    seen: set[str] = set()
    for half in HALVES:
        rows = load_own(half)
        assert len(rows) >= 300
        assert {row.intent for row in rows} == INTENTS
        assert len({row.language for row in rows}) >= 6
        texts = {row.text.lower() for row in rows}
        assert len(texts) == len(rows)
        assert not texts & examples
        assert not texts & seen
        seen |= texts


def test_a_message_counts_by_any_of_its_sentences_and_as_other_only_by_all() -> None:
    rows = [Labelled("x", "price"), Labelled("y", "other"), Labelled("z", "refund")]
    assert verdicts(rows, [{"greeting", "price"}, {"other", "price"}, {"other"}]) == ["price", "price", "other"]
