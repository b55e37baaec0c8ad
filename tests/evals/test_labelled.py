"""The labelled set through the product's own write path: what is kept of six languages' fan chats, and what wins."""

from __future__ import annotations

from core.turns import RememberFact
from evals.memory import junk
from evals.memory.labels import GROUPS, HALVES, load_cases, load_dialogues, read_label
from storage.house import House
from tests.conftest import Agency


def test_the_set_is_large_enough_and_both_halves_are_apart() -> None:
    cases = load_cases()
    assert len(cases) >= 300
    assert len({case.language for case in cases}) >= 5
    assert {case.group for case in cases} == set(GROUPS)
    by_half = [{case.text for case in cases if case.half == half} for half in HALVES]
    assert not by_half[0] & by_half[1]
    assert all(bool(case.labels) == (case.group in ("told", "wish")) for case in cases)
    assert {dialogue.half for dialogue in load_dialogues()} == set(HALVES)


def test_a_label_is_a_kind_and_words() -> None:
    label = read_label("pet: dog rex")
    assert label.fits("pet", "The fan has a dog called Rex.")
    assert not label.fits("pet", "The fan has a dog called Bo.")
    assert not label.fits("family", "The fan has a dog called Rex.")


async def test_what_is_kept_is_right_and_the_newest_word_wins(house: House, agency: Agency) -> None:
    report = await junk.run(house, agency.id)
    for half in HALVES:
        total = report.over(half)
        assert total.precision >= 0.93
        assert total.recall >= 0.9
        assert report.over(half, groups=("never",)).littered <= 1
    wrong = [told.dialogue.says for told in report.told if not told.right]
    assert len(wrong) <= len(report.told) // 10, wrong
    figures = {str(figure["name"]): figure["value"] for figure in report.figures()}
    assert figures["labelled tuned: messages"] == sum(case.half == "tuned" for case in load_cases())
    assert "precision / recall, de" in report.table()


class Silent:
    """Finds nothing."""

    async def extract(self, _messages: object) -> list[RememberFact]:
        return []


async def test_an_extractor_that_keeps_nothing_scores_so(house: House, agency: Agency) -> None:
    report = await junk.run(house, agency.id, Silent())
    assert [report.over(half).right for half in HALVES] == [0, 0]
    assert not any(told.right for told in report.told if told.dialogue.holds)
