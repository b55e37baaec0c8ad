"""A reply in short messages, typed as a person would, and not at night."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.nouns import Pace
from core.outbound import Part, TextPart
from storage.pacing import LONGEST_PAUSE_S, LONGEST_REPLY_S, MOST_MESSAGES, paced_split, pauses, quiet_for, short_messages

TALK = (
    "Hey you! 🌙 I was just at the kiln. The new bowl came out blue, blue like midnight… Want to see it? I think you'd love it."
)


def whole(part: Part) -> list[Part]:
    return [part]


def test_a_reply_is_cut_after_sentences_and_an_emoji_stays_with_its_sentence() -> None:
    assert short_messages(TALK, 40) == [
        "Hey you! 🌙 I was just at the kiln.",
        "The new bowl came out blue, blue like midnight…",
        "Want to see it? I think you'd love it.",
    ]
    assert short_messages("Hey you! 🌙 How are you today, my friend of the stars?", 20)[0] == "Hey you! 🌙"


def test_a_sentence_is_never_cut_and_numbers_are_no_ends() -> None:
    long = "one word after the other without any end in sight and then some more"
    assert short_messages(long, 20) == [long]
    assert short_messages("It costs 3.50 at www.example.org today.", 20) == ["It costs 3.50 at www.example.org today."]


@given(st.text(max_size=600), st.integers(20, 200))
def test_nothing_is_lost_but_space_and_there_are_not_too_many(text: str, about: int) -> None:
    messages = short_messages(text, about)
    assert "".join("".join(messages).split()) == "".join(text.split())
    assert len(messages) <= MOST_MESSAGES
    assert all(message == message.strip() for message in messages)
    assert all(messages)


def test_without_a_wish_the_platforms_own_split_stands() -> None:
    assert paced_split(whole, Pace()) is whole
    cut = paced_split(lambda part: [part, part], Pace(message_chars=20))
    assert (
        cut(TextPart("A first one here. A second one here."))
        == [TextPart("A first one here.")] * 2 + [TextPart("A second one here.")] * 2
    )


def test_each_message_waits_as_long_as_typing_it_takes() -> None:
    pieces = [TextPart("x" * 20), TextPart("x" * 40), TextPart("x" * 10)]
    assert pauses(pieces, Pace(chars_per_s=10, pause_s=1), spent_s=5.0) == [0.0, 5.0, 2.0]
    assert pauses(pieces, Pace(chars_per_s=10), spent_s=0.5) == [1.5, 4.0, 1.0], "thinking was quicker than typing"
    assert pauses(pieces, Pace(chars_per_s=10), spent_s=-900.0)[0] == 2.0, "a fan's clock that runs ahead"
    assert pauses(pieces, Pace(), spent_s=0.0) == [0.0, 0.0, 0.0]


@given(st.lists(st.integers(1, 4000), max_size=12), st.floats(0.5, 100), st.floats(0, 60))
def test_a_reply_never_takes_for_ever(lengths: list[int], chars_per_s: float, pause_s: float) -> None:
    waits = pauses([TextPart("x" * n) for n in lengths], Pace(chars_per_s=chars_per_s, pause_s=pause_s), 0.0)
    assert sum(waits) <= LONGEST_REPLY_S + 0.001
    assert all(0 <= wait <= LONGEST_PAUSE_S for wait in waits)


@pytest.mark.parametrize(
    ("utc", "hours", "zone", "left_h"),
    [
        ("2026-05-01T22:00", ("23:30", "07:00"), "UTC", None),
        ("2026-05-01T23:30", ("23:30", "07:00"), "UTC", 7.5),
        ("2026-05-02T06:00", ("23:30", "07:00"), "UTC", 1),
        ("2026-05-02T07:00", ("23:30", "07:00"), "UTC", None),
        ("2026-05-01T22:45", ("23:30", "07:00"), "Europe/Lisbon", 7.25),  # an hour ahead in summer
        ("2026-05-01T13:00", ("12:00", "14:00"), "UTC", 1),
        ("2026-03-28T23:30", ("23:00", "07:00"), "Europe/Lisbon", 6.5),  # the clocks go forward that night
    ],
)
def test_quiet_hours_end_in_the_personas_own_zone(utc: str, hours: tuple[str, str], zone: str, left_h: float | None) -> None:
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    left = quiet_for(now, Pace(quiet_hours=hours), zone)
    assert left == (None if left_h is None else left_h * 3600)


def test_without_quiet_hours_there_is_no_night() -> None:
    assert quiet_for(datetime(2026, 5, 1, 3, tzinfo=UTC), Pace(), "UTC") is None
