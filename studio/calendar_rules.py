"""Plans that come again. The n-th time is computed from the anchor and n alone, so that nothing drifts."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.errors import BadInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS: dict[str, Literal["day", "week", "month"]] = {"day": "day", "week": "week", "month": "month"}
PLAIN = {"daily": "day", "weekly": "week", "monthly": "month"}
HINT = "daily, weekly, monthly, weekdays, every 2 weeks, mon,thu; with until 2026-12-31 or x 10 behind it"
EVERY = re.compile(r"every (?:(?P<n>[0-9]{1,2}) )?(?P<unit>day|week|month)s?(?: on (?P<days>[a-z, ]+))?")
END = re.compile(r"(?P<rule>.*?)(?: until (?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2})| x ?(?P<times>[0-9]{1,4}))?")


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """How a plan comes again: every so many days, weeks (on these weekdays, Monday is 0) or months, to a day or so many times.

    A month without the anchor's day takes its last one.
    """

    every: Literal["day", "week", "month"]
    interval: Annotated[int, Meta(ge=1, le=52)] = 1
    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...] = ()
    until: date | None = None
    times: Annotated[int, Meta(ge=1, le=9999)] | None = None


def slot_of(rule: Rule, anchor: datetime, n: int) -> datetime | None:
    """Return the local time of the n-th slot, counted from 0; nothing when the plan has ended before it."""
    if rule.times is not None and n >= rule.times:
        return None
    try:
        found = _nth(rule, anchor, n)
    except (OverflowError, ValueError):
        return None
    return None if rule.until is not None and found.date() > rule.until else found


def read_rule(words: str) -> Rule:
    """Read a rule as a person writes it, such as `mon,thu until 2026-12-31`. Raises `BadInput`."""
    ended = END.fullmatch(" ".join(words.lower().split()))
    if ended is None:
        raise _unreadable(words)
    until, times = ended["until"], ended["times"]
    try:
        return _plain(ended["rule"], date.fromisoformat(until) if until else None, int(times) if times else None)
    except ValueError:
        raise _unreadable(words) from None


def describe_rule(rule: Rule) -> str:
    """Write a rule as a person does; `read_rule` reads it."""
    unit = rule.every if rule.interval == 1 else f"{rule.interval} {rule.every}s"
    on = " on " + ",".join(DAYS[day] for day in rule.weekdays) if rule.weekdays else ""
    end = f" until {rule.until}" if rule.until else f" x {rule.times}" if rule.times else ""
    return f"every {unit}{on}{end}"


def _nth(rule: Rule, anchor: datetime, n: int) -> datetime:
    if rule.every == "day":
        return anchor + timedelta(days=n * rule.interval)
    if rule.every == "month":
        month = anchor.month - 1 + n * rule.interval
        year, month = anchor.year + month // 12, month % 12 + 1
        return anchor.replace(year=year, month=month, day=min(anchor.day, calendar.monthrange(year, month)[1]))
    days = sorted(set(rule.weekdays)) or [anchor.weekday()]
    monday = anchor - timedelta(days=anchor.weekday())
    place = n + sum(1 for day in days if day < anchor.weekday())  # those of the first week before the anchor are none
    return monday + timedelta(weeks=place // len(days) * rule.interval, days=days[place % len(days)])


def _plain(words: str, until: date | None, times: int | None) -> Rule:
    if times == 0:
        raise ValueError("no times")
    if words in PLAIN:
        return Rule(UNITS[PLAIN[words]], until=until, times=times)
    if words == "weekdays":
        return Rule("week", weekdays=(0, 1, 2, 3, 4), until=until, times=times)
    found = EVERY.fullmatch(words)
    if found is None:
        return Rule("week", weekdays=_days(words), until=until, times=times)
    interval, days = int(found["n"] or 1), _days(found["days"]) if found["days"] else ()
    if not 1 <= interval <= 52 or (days and found["unit"] != "week"):
        raise ValueError("not a rule")
    return Rule(UNITS[found["unit"]], interval, days, until, times)


def _days(words: str) -> tuple[int, ...]:
    names = [name[:3] for name in re.split(r"[, ]+", words.strip()) if name]
    if not names:
        raise ValueError("no days")
    return tuple(sorted({DAYS.index(name) for name in names}))


def _unreadable(words: str) -> BadInput:
    return BadInput(f"{words!r} is no rule; write one such as {HINT}.")
