"""Which days does a text speak of? "on 3 May", "in July 2022", "yesterday", "two weeks ago": what was said then bears on it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from memory.dates import MONTHS, WEEKDAYS, read_day

NEAR_DAYS = 7
"""So many days around the days meant still count, at half: people tell of things a little later."""

_MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names if len(name) > 3 or name == "may"}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = re.compile(
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)?\s?(?:of |de )?(?:{_NAMES})\b(?:,? \d{{4}})?"
    rf"|\b(?:{_NAMES})\.? (?:the )?{_ORDINAL}(?!\d)(?:,? \d{{4}})?",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(
    rf"\b(?:in|of|im|en|em|a|last|since|during)\s(?:early |late |mid )?(?P<month>{_NAMES})\b"
    rf",?(?:\s(?:de\s)?(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_COUNT = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "few": 3, "couple of": 2}
_AGO = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_COUNT)}) (day|week|month|year)s? (?:ago|back)\b", re.IGNORECASE)
_LAST = re.compile(rf"\blast (week|weekend|month|year|night|{'|'.join(WEEKDAYS)})\b", re.IGNORECASE)
_YESTERDAY = re.compile(r"\b(?:yesterday|gestern|ayer|hier|ieri|ontem)\b", re.IGNORECASE)
_LENGTH = {"day": 1, "week": 7, "month": 30, "year": 365}


class Span(Struct, frozen=True):
    """Days from `first` to `last`, both among them."""

    first: date
    last: date

    def bears(self, at: datetime) -> float:
        """Return how much a moment bears on these days: 1 within them, 0.5 some days around, else 0."""
        day = at.astimezone(UTC).date()
        if self.first <= day <= self.last:
            return 1.0
        away = (self.first - day).days if day < self.first else (day - self.last).days
        return 0.5 if away <= NEAR_DAYS else 0.0


def find_days(text: str, now: datetime) -> tuple[Span, ...]:
    """Return the days of the past that a text speaks of, as its words mean them now; possibly none."""
    today = now.astimezone(UTC).date()
    found = [Span(day, day) for day in _dated(text, today)]
    if not found:
        found += [_month(_MONTH[m["month"].lower()], m["year"], today) for m in _IN_MONTH.finditer(text)]
    for count, unit in _AGO.findall(text):
        length = _LENGTH[unit.lower()]
        many = int(count) if count.isdigit() else _COUNT[count.lower()]
        middle = today - timedelta(days=many * length)
        found.append(Span(middle - timedelta(days=length // 4), middle + timedelta(days=length // 4)))
    found += [_last(word.lower(), today) for word in _LAST.findall(text)]
    if _YESTERDAY.search(text):
        found.append(Span(today - timedelta(days=1), today - timedelta(days=1)))
    return tuple(found)


def _dated(text: str, today: date) -> list[date]:
    days = []
    for words in _DAYS.findall(text):
        if (read := read_day(words)) is not None:
            month, day, year = read
            days.append(_day(year or today.year, month, day))
            if year is None and days[-1] > today:
                days[-1] = _day(today.year - 1, month, day)
    for year_, month_, day_ in _ISO.findall(text):
        if 1 <= int(month_) <= 12 and 1 <= int(day_) <= 31 and int(year_) > 0:
            days.append(_day(int(year_), int(month_), int(day_)))
    return days


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # 29 February of another year
        return date(year, month, 28)


def _month(number: int, year: str | None, today: date) -> Span:
    chosen = int(year) if year and int(year) > 0 else today.year - (number > today.month)
    first = date(chosen, number, 1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _last(word: str, today: date) -> Span:
    if word == "night":
        return Span(today - timedelta(days=1), today)
    if word in WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(word)) % 7 or 7)
        return Span(day, day)
    if word == "year":
        return Span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    if word == "month":
        end = today.replace(day=1) - timedelta(days=1)
        return Span(end.replace(day=1), end)
    monday = today - timedelta(days=today.weekday() + 7)
    return Span(monday + timedelta(days=5 if word == "weekend" else 0), monday + timedelta(days=6))
