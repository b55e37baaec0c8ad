"""Ages that a fan states, as patterns and the watch judge them together: adults stay, minors do not."""

from __future__ import annotations

import pytest

from agents.watch.adulthood import counts_other_things, says_adult
from evals.policy.judging import Court, Trial
from evals.policy.own import load_ages
from memory.embedder import open_embedder
from personas.loader import load_from_library

EACH = 7
"""Every so many-th statement is judged here; `muse policy bench` judges all."""


async def test_no_adult_is_sent_away_for_an_age_and_no_minor_stays() -> None:
    embedder = open_embedder("bundled")
    try:
        court, stated = Court(embedder, load_from_library("luna")), load_ages()
        stated = [one for number, one in enumerate(stated) if len(one.text) > 24 or number % EACH == 0]
        await court.prepare([one.text for one in stated])
        stopped = {one.text: "age" in (await court.judge(Trial(one.text))).blocked for one in stated}
    finally:
        await embedder.close()
    kinds = {one.text: one.kind for one in stated}
    assert {text: kinds[text] for text, was in stopped.items() if was != (kinds[text] == "minor")} == {}
    assert set(kinds.values()) == {"adult", "minor", "other"}


@pytest.mark.parametrize(
    "text", ["I'm 41", "I’m over 18", "ich bin einundvierzig", "tengo treinta y dos años", "j'ai vingt ans"]
)
def test_an_adult_age_is_read(text: str) -> None:
    assert says_adult(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm 17",
        "18 next year",
        "almost 18",
        "I said I'm 18 but",
        "ich bin fast 18",
        "casi tengo 18 años",
        "I'm 5'11",
        "I have 20 cats",
    ],
)
def test_what_is_no_such_statement_is_none(text: str) -> None:
    assert not says_adult(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("sober for 16 years", True),
        ("ich bin 17 Kilometer gelaufen", True),
        ("I'm 16 and have 12 cats", False),
        ("I'm 16", False),
        ("I ran for 16 minutes at school", False),
        ("hello there", False),
    ],
)
def test_numbers_of_other_things_are_told_from_ages(text: str, other: bool) -> None:
    assert counts_other_things(text) is other
