"""The measures of the reply rules: what is counted, the bound, and that the rules do not fall behind what they have reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.policy.rules import REPLY
from evals.policy.corpora import read_corpus
from evals.policy.figures import upper_bound
from evals.policy.replies import (
    GOOD,
    UNTOLD,
    count_blocked,
    count_caught,
    judge,
    list_parts,
    load_labelled,
    measure_replies,
    sends_back,
)

PARTS = list_parts()
LANGUAGES = {"en", "de", "es", "fr", "it", "pt"}


@pytest.mark.parametrize("half", PARTS)
def test_the_set_is_whole(half: str) -> None:
    labelled = load_labelled(half)
    assert {one.language for one in labelled} == LANGUAGES
    assert {one.label for one in labelled} - {GOOD, UNTOLD} <= {rule.name for rule in REPLY}
    for label in {one.label for one in labelled} - {UNTOLD}:
        assert {one.language for one in labelled if one.label == label} == LANGUAGES


def test_no_reply_stands_in_two_parts() -> None:
    texts = [one.text for half in PARTS for one in load_labelled(half)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("half", [part for part in PARTS if part != "natural_held_out"])
def test_no_good_reply_is_refused(half: str) -> None:
    assert [one.text for one in load_labelled(half) if one.label == GOOD and judge(one.text)] == []


@pytest.mark.parametrize("half", ["dev", "held_out", "fresh"])
def test_what_was_reached_is_kept(half: str) -> None:
    bad = [line.share for line in count_caught(half) if not line.part and line.what == "all bad refused"]
    assert sum(share.hits for share in bad) >= 0.85 * sum(share.count for share in bad)


def test_most_of_what_was_written_blind_is_refused_or_written_anew() -> None:
    [neither] = [line.share for line in count_caught("natural") if line.what == "all bad neither"]
    assert neither.value <= 0.05
    good = [one.text for one in load_labelled("natural") if one.label == GOOD]
    assert [text for text in good if sends_back(text)] == []
    assert all(judge(one.text) for one in load_labelled("natural") if one.label == UNTOLD)


def test_the_bound_is_clopper_and_pearsons() -> None:
    assert upper_bound(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300), rel=1e-6)
    assert upper_bound(2, 100) == pytest.approx(0.06162, abs=1e-4)
    assert upper_bound(0, 0) == upper_bound(5, 5) == 1.0


def test_a_picture_that_came_along_makes_its_words_true() -> None:
    assert "claims" in judge("Here's a photo of my dog.")
    assert judge("Here's a photo of my dog.", shares=True) == {}


def test_ordinary_talk_is_counted_from_files(tmp_path: Path) -> None:
    file = tmp_path / "clinc.json"
    parts = {"train": [["book a table", "x"], ["what is that", "z"]], "val": [["hurry up!", "x"]], "test": [["hello", "y"]]}
    outside = {f"oos_{part}": [[f"what now {part}", "oos"]] for part in ("train", "val", "test")}
    file.write_text(json.dumps({**parts, **outside}))
    [clinc] = read_corpus("clinc", file)
    refused, urgency, anew = count_blocked(clinc)
    assert (refused.share.count, refused.share.hits, urgency.part, urgency.share.hits) == (7, 1, "urgency", 1)
    assert (anew.what, anew.share.hits) == ("written anew", 0)
    assert {line.set for line in measure_replies(("dev",), [clinc])} == {"replies, dev", "CLINC150 queries, as replies"}


def test_a_turn_of_locomo_may_come_with_a_picture(tmp_path: Path) -> None:
    file = tmp_path / "locomo.json"
    turns = [{"text": "Here's a photo of my dog."}, {"text": "Here's a photo of my dog.", "blip_caption": "a dog"}]
    file.write_text(json.dumps([{"conversation": {"session_1": turns, "session_1_date_time": "noon"}}]))
    refused, *_ = count_blocked(read_corpus("locomo", file)[0])
    assert (refused.share.hits, refused.share.count) == (1, 2)
