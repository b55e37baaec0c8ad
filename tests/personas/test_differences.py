"""What differs between two personas is named by its key, and nothing else is."""

from typing import Any

import pytest
from msgspec.structs import replace

from personas.differences import Difference, compare
from personas.loader import list_personas, load_from_library
from personas.schema import Persona

LUNA = load_from_library("luna")


def test_the_same_has_no_differences() -> None:
    for slug in list_personas():
        assert compare(load_from_library(slug), load_from_library(slug)) == []
    assert compare(LUNA, Persona.from_document(LUNA.to_document())) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"tagline": "Other."}, Difference("tagline", LUNA.tagline, "Other.")),
        ({"age": None}, Difference("age", 27, None)),
        ({"voice": replace(LUNA.voice, emoji_rate=0.25)}, Difference("voice.emoji_rate", 0.5, 0.25)),
        ({"refuses": LUNA.refuses[1:]}, Difference("refuses[1]", LUNA.refuses[0], None)),
        ({"refuses": (*LUNA.refuses, "more")}, Difference(f"refuses[{len(LUNA.refuses) + 1}]", None, "more")),
    ],
)
def test_one_change_is_one_difference(change: dict[str, Any], found: Difference) -> None:
    assert compare(LUNA, replace(LUNA, **change)) == [found]


def test_an_item_that_was_changed_is_compared_within() -> None:
    second = replace(LUNA.biography[1], text="Otherwise.")
    other = replace(LUNA, biography=(LUNA.biography[0], second, *LUNA.biography[2:]))
    assert compare(LUNA, other) == [Difference("biography[2].text", LUNA.biography[1].text, "Otherwise.")]


def test_an_item_that_was_put_in_leaves_the_others_alone() -> None:
    other = replace(LUNA, biography=(LUNA.biography[3], *LUNA.biography))
    assert [(one.key, one.before) for one in compare(LUNA, other)] == [("biography[1]", None)]
