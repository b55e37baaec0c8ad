"""The measures of the reply rules: what is counted, the bound, and that the rules do not fall behind what they have reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.policy.rules import REPLY
from evals.policy.replies import (
    GOOD,
    HALVES,
    count_blocked,
    count_caught,
    judge,
    load_labelled,
    read_ordinary,
    report,
    upper_bound,
)

LANGUAGES = {"en", "de", "es", "fr", "it", "pt"}


@pytest.mark.parametrize("half", HALVES)
def test_the_set_is_whole(half: str) -> None:
    labelled = load_labelled(half)
    assert {one.language for one in labelled} == LANGUAGES
    assert {one.label for one in labelled} - {GOOD} <= {rule.name for rule in REPLY}
    for label in {one.label for one in labelled}:
        assert {one.language for one in labelled if one.label == label} == LANGUAGES


def test_no_reply_stands_in_two_parts() -> None:
    texts = [one.text for half in HALVES for one in load_labelled(half)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("half", HALVES)
def test_no_good_reply_is_refused(half: str) -> None:
    assert [one.text for one in load_labelled(half) if one.label == GOOD and judge(one.text)] == []


@pytest.mark.parametrize("half", ["dev", "held_out", "fresh"])
def test_what_was_reached_is_kept(half: str) -> None:
    bad = [found for found in count_caught(load_labelled(half)) if found.language == "*" and found.label != GOOD]
    assert sum(found.refused for found in bad) >= 0.85 * sum(found.total for found in bad)


def test_the_bound_is_clopper_and_pearsons() -> None:
    assert upper_bound(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300), rel=1e-6)
    assert upper_bound(2, 100) == pytest.approx(0.06162, abs=1e-4)
    assert upper_bound(0, 0) == upper_bound(5, 5) == 1.0


def test_a_picture_that_came_along_makes_its_words_true() -> None:
    assert "claims" in judge("Here's a photo of my dog.")
    assert judge("Here's a photo of my dog. [shares a photo of a dog]") == {}


def test_ordinary_talk_is_counted_from_files(tmp_path: Path) -> None:
    file = tmp_path / "clinc.json"
    parts = {"train": [["book a table", "x"], ["what is that", "z"]], "val": [["hurry up!", "x"]], "test": [["hello", "y"]]}
    outside = {f"oos_{part}": [[f"what now {part}", "oos"]] for part in ("train", "val", "test")}
    file.write_text(json.dumps({**parts, **outside}))
    texts = read_ordinary(None, file)["clinc150"]
    assert texts[:4] == ["book a table", "what is that", "hurry up!", "hello"]
    any_rule, urgency = count_blocked("clinc150", texts)
    assert (any_rule.total, any_rule.refused, urgency.rule, urgency.examples) == (7, 1, "urgency", ("hurry up!",))
    assert report(clinc=file)["ordinary"]
