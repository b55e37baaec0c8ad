from __future__ import annotations

import pytest

from shop.wishes import read_wish

NAMED = {
    "something at the beach?": {"beach"},
    "pictures of you by the sea pls": {"sea"},
    "i want to see you in a car": {"car"},
    "breakfast pics": {"breakfast"},
    "dinosaurs": {"dinosaur"},
    "The sea at dusk": {"sea", "dusk"},
    "Fotos vom Strand bitte": {"beach"},
    "do you have pictures from the beach? i miss the ocean so much": {"beach", "ocean", "miss"},
}


@pytest.mark.parametrize("text", NAMED)
def test_a_wish_that_names_something_is_specific(text: str) -> None:
    wish = read_wish(text)
    assert (wish.specific, wish.words) == (True, NAMED[text])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "send me pics",
        "got anything new?",
        "can i see more of you",
        "something sexy",
        "how much for a photo set",
        "hey do you sell content",
        "i had a long day, can you send me some pictures to cheer me up?",
        "schick mir bitte neue Bilder",
    ],
)
def test_a_wish_that_names_nothing_is_not(text: str) -> None:
    assert not read_wish(text).specific


@pytest.mark.parametrize(
    "text", ["do you have other pictures?", "another one", "something else?", "hast du andere Bilder?", "otras fotos"]
)
def test_a_wish_for_another_one_is_told(text: str) -> None:
    assert read_wish(text).another
    assert not read_wish("pictures of the sea").another


def test_other_languages_are_searched_for_in_english() -> None:
    assert read_wish("Bilder vom Strand, bei Nacht?").text == "Bilder vom beach, bei night?"
