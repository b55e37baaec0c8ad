"""Where long texts are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.platforms.pieces import measure, split_text

FAMILY = "👩‍👩‍👧"
FLAG = "🇩🇪"


@pytest.mark.parametrize(("unit", "length"), [("chars", 3), ("utf16", 4), ("bytes", 8)])
def test_each_unit_counts_its_own_way(unit: str, length: int) -> None:
    assert measure("a🌊€", unit) == length


def test_what_fits_stays_whole() -> None:
    assert split_text("One. Two.\n\nThree.", 17, "chars") == ["One. Two.\n\nThree."]


@pytest.mark.parametrize("blank", ["", " ", "\n\t \u2003"])
def test_blank_text_gives_no_piece(blank: str) -> None:
    assert split_text(blank, 10, "chars") == []


def test_paragraphs_are_the_best_border() -> None:
    assert split_text("First one. It is long.\n\nSecond one. Short.", 36, "chars") == [
        "First one. It is long.",
        "Second one. Short.",
    ]


def test_then_sentences() -> None:
    assert split_text("I was at the sea today. It was lovely there", 35, "chars") == [
        "I was at the sea today.",
        "It was lovely there",
    ]


def test_then_words() -> None:
    assert split_text("a long walk without any stop at all", 12, "chars") == ["a long walk", "without any", "stop at all"]


def test_a_border_far_at_the_front_is_no_good_one() -> None:
    assert split_text("Hm.\n\n" + "walk " * 10, 30, "chars")[0] == "Hm.\n\nwalk walk walk walk walk"


@pytest.mark.parametrize("sign", [FAMILY, FLAG, "e\u0301", "👍🏽", "❤\ufe0f"])
@pytest.mark.parametrize("unit", ["chars", "utf16", "bytes"])
def test_no_sign_is_torn(sign: str, unit: str) -> None:
    pieces = split_text(sign * 40, 50, unit)
    assert len(pieces) > 1
    assert all(piece == sign * (len(piece) // len(sign)) for piece in pieces)


def test_one_sign_that_is_too_long_is_torn_all_the_same() -> None:
    zalgo = "a" + "\u0301" * 30
    pieces = split_text(zalgo, 10, "chars")
    assert "".join(pieces) == zalgo
    assert max(map(len, pieces)) == 10


texts = st.text(
    st.one_of(st.sampled_from([" ", "\n", ".", "a", "🌊", FLAG[0], "\u200d", "\u0301"]), st.characters()), max_size=400
)


@given(text=texts, limit=st.integers(4, 60), unit=st.sampled_from(["chars", "utf16", "bytes"]))
def test_nothing_but_white_space_is_lost_and_every_piece_fits(text: str, limit: int, unit: str) -> None:
    pieces = split_text(text, limit, unit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece.strip() == piece and 0 < measure(piece, unit) <= limit for piece in pieces)
