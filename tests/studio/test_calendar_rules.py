"""Plans that come again stay on their time of day, across changes of clocks, short months and long absences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from studio.calendar_rules import Rule, describe_rule, read_rule, slot_of
from studio.calendar_times import instant_of, local_of, read_local, read_zone

ANCHOR = datetime(2026, 1, 31, 18, 30)  # a Saturday  # noqa: DTZ001 — a local time has no zone in it

PLAINLY = {
    "daily": Rule("day"),
    "Weekly": Rule("week"),
    "weekdays": Rule("week", weekdays=(0, 1, 2, 3, 4)),
    "mon, thu": Rule("week", weekdays=(0, 3)),
    "every 3 days x 4": Rule("day", 3, times=4),
    "every 2 weeks on fri,tue until 2026-12-31": Rule("week", 2, (1, 4), until=datetime(2026, 12, 31, tzinfo=UTC).date()),
    "monthly": Rule("month"),
}


@pytest.mark.parametrize("words", PLAINLY)
def test_a_rule_is_read_as_people_write_it_and_written_back(words: str) -> None:
    rule = read_rule(words)
    assert rule == PLAINLY[words]
    assert read_rule(describe_rule(rule)) == rule


@pytest.mark.parametrize(
    "words", ["", "sometimes", "every 0 days", "every 99 weeks", "daily x 0", "every 2 months on mon", "daily until 2026-02-31"]
)
def test_what_is_no_rule_is_refused_with_examples(words: str) -> None:
    with pytest.raises(BadInput, match=r"mon,thu"):
        read_rule(words)


def test_a_month_without_the_day_takes_its_last_and_does_not_forget_the_day() -> None:
    days = [slot_of(Rule("month"), ANCHOR, n) for n in range(4)]
    assert [day.strftime("%m-%d") for day in days if day] == ["01-31", "02-28", "03-31", "04-30"]


def test_weekdays_begin_with_the_first_that_fits_and_skip_whole_weeks() -> None:
    rule = Rule("week", 2, (1, 5))  # Tuesday and Saturday
    assert [str(slot_of(rule, ANCHOR, n))[5:10] for n in range(4)] == ["01-31", "02-10", "02-14", "02-24"]
    assert str(slot_of(Rule("week", weekdays=(0,)), ANCHOR, 0))[:10] == "2026-02-02"


def test_a_plan_ends_after_its_day_or_its_number() -> None:
    assert slot_of(read_rule("daily x 2"), ANCHOR, 1)
    assert slot_of(read_rule("daily x 2"), ANCHOR, 2) is None
    ends = read_rule("daily until 2026-02-01")
    assert slot_of(ends, ANCHOR, 1)
    assert slot_of(ends, ANCHOR, 2) is None
    assert slot_of(Rule("month", 52), ANCHOR, 100_000) is None  # beyond every calendar


@given(
    st.sampled_from(["day", "week", "month"]),
    st.integers(1, 52),
    st.lists(st.integers(0, 6), max_size=4),
    st.integers(0, 300),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 — local times
)
def test_slots_come_in_order_and_keep_the_time_of_day(
    every: str, interval: int, weekdays: list[int], n: int, anchor: datetime
) -> None:
    days = tuple(weekdays) if every == "week" else ()
    rule = Rule(every, interval, days)  # type: ignore[arg-type]  # one of the three, by the strategy
    here, after = slot_of(rule, anchor, n), slot_of(rule, anchor, n + 1)
    assert here
    assert after
    assert anchor <= here < after
    assert here.time() == after.time() == anchor.time()
    assert not days or here.weekday() in days


def test_the_local_time_stays_when_the_clocks_change() -> None:
    """Six in the evening in Lisbon is 18:00 UTC in winter and 17:00 in summer."""
    evening = datetime(2026, 3, 28, 18)  # noqa: DTZ001 — a local time; the clocks change on the 29th
    times = [instant_of(evening + timedelta(days=n), "Europe/Lisbon").hour for n in range(3)]
    assert times == [18, 17, 17]


def test_an_hour_that_is_left_out_is_later_and_one_that_comes_twice_is_the_first() -> None:
    left_out = datetime(2026, 3, 29, 1, 30)  # noqa: DTZ001 — a local time
    assert local_of(instant_of(left_out, "Europe/Lisbon"), "Europe/Lisbon") == left_out + timedelta(hours=1)
    twice = datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001 — a local time
    assert instant_of(twice, "Europe/Lisbon") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_times_and_zones_are_read_or_refused_plainly() -> None:
    assert read_local("2026-05-03 18:00") == datetime(2026, 5, 3, 18)  # noqa: DTZ001 — a local time
    for words in ("tomorrow", "2026-05-03T18:00+02:00"):
        with pytest.raises(BadInput):
            read_local(words)
    for name in ("Mars/Base", "../etc/passwd", ""):
        with pytest.raises(BadInput, match="no time zone"):
            read_zone(name)
    with pytest.raises(BadInput, match="beyond"):
        instant_of(datetime(1, 1, 1, 0, 5), "Asia/Tokyo")  # noqa: DTZ001 — a local time
