"""No picture of anybody who is said to be below eighteen, however the age is written; numbers of things are no ages."""

from __future__ import annotations

import pytest

from studio.ages import find_young
from studio.wishes import why_refused

YOUNG = (
    "a girl of 16 at the lake", "a girl (16) reading", "she is 15 here", "she's 16", "you’re 15 in it", "you at 17", "u at 15",
    "you at age of 16", "16f with a book", "you when you were 15", "you were twelve", "16 y.o.", "16-year-old", "at age 14",
    "age: 13", "１６ years old", "ein Mädchen von 15", "als du 14 warst, du mit 14", "eine 16-jährige", "una chica de 16",
    "tú a los 15", "de 16 años", "une fille de 16 ans", "toi à quinze ans, tu as quinze ans", "una ragazza di 15 anni",
    "lei ha sedici anni", "ela tem 16", "16歳", "16 살", "me at 16", "him at twelve",
)  # fmt: skip
OTHERS = (
    "a picture of 16 candles", "a table for 12", "apartment 16, the hall", "a woman of 24", "you at 25", "you with 2 dogs",
    "you at 8 in the morning", "you at 5 pm by the sea", "3 sunflowers on a table", "your 4 bowls in a row", "you on route 66",
    "18 roses", "a 35 mm portrait of you", "you in 1920s clothes", "you in the top 10 of a race", "you in size 8 boots",
    "a cat and 2 kittens", "you once more by the lake", "give me 3 pictures of the sea", "you as an elf", "el 5 de mayo",
)  # fmt: skip


@pytest.mark.parametrize("wish", YOUNG)
def test_an_age_below_eighteen_is_found(wish: str) -> None:
    assert find_young(wish)
    refusal = why_refused(wish)
    assert refusal is not None
    assert refusal.why == "minors"


@pytest.mark.parametrize("wish", OTHERS)
def test_a_number_of_something_else_is_none(wish: str) -> None:
    assert find_young(wish) == ""
    assert why_refused(wish) is None
