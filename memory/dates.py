"""Days as people name them: "tomorrow", "on friday", "the 12th of march"; turned into dates that stay true."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    ("january", "jan", "januar", "enero", "janvier", "gennaio", "janeiro"),
    ("february", "feb", "februar", "febrero", "février", "febbraio", "fevereiro"),
    ("march", "mar", "märz", "marzo", "mars", "março"),
    ("april", "apr", "abril", "avril", "aprile"),
    ("may", "mai", "mayo", "maggio", "maio"),
    ("june", "jun", "juni", "junio", "juin", "giugno", "junho"),
    ("july", "jul", "juli", "julio", "juillet", "luglio", "julho"),
    ("august", "aug", "agosto", "août"),
    ("september", "sep", "sept", "septiembre", "septembre", "settembre", "setembro"),
    ("october", "oct", "oktober", "okt", "octubre", "octobre", "ottobre", "outubro"),
    ("november", "nov", "noviembre", "novembre", "novembro"),
    ("december", "dec", "dezember", "dez", "diciembre", "décembre", "dicembre", "dezembro"),
)
_MONTH = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_MONTH_WORD = "|".join(sorted(_MONTH, key=len, reverse=True))
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

DATES = (
    rf"(?:tomorrow|today|tonight|(?:on |this |next )?(?:{'|'.join(WEEKDAYS)})|(?:next|this) (?:week|weekend|month)"
    rf"|in (?:\d{{1,2}}|{'|'.join(_NUMBERS)}) (?:days?|weeks?|months?)|in (?:{'|'.join(names[0] for names in MONTHS)})"
    rf"|on (?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{'|'.join(n for names in MONTHS for n in names[:2])})"
    rf"|on (?:{'|'.join(n for names in MONTHS for n in names[:2])}) \d{{1,2}}(?:st|nd|rd|th)?)(?!\w)"
)
"""A pattern of the days that `resolve` knows."""

_DAY_FIRST = re.compile(
    rf"(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s?(?:of |de )?(?P<month>{_MONTH_WORD})\b(?:,? (?P<year>\d{{4}}))?", re.I
)
_MONTH_FIRST = re.compile(
    rf"(?P<month>{_MONTH_WORD})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<year>\d{{4}}))?", re.I
)
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.?(?:(?P<year>\d{4}))?(?!\d)")


def resolve(words: str, said: date) -> str | None:
    """Return the date meant by `words` said on a day, as "on 2 May 2026" or "in May 2026"; None if it is not understood."""
    words = words.lower().strip()
    if words in ("today", "tonight"):
        return f"on {_written(said)}"
    if words == "tomorrow":
        return f"on {_written(said + timedelta(days=1))}"
    if match := re.fullmatch(rf"(?:on |this |next )?({'|'.join(WEEKDAYS)})", words):
        ahead = (WEEKDAYS.index(match[1]) - said.weekday()) % 7 or 7
        return f"on {_written(said + timedelta(days=ahead))}"
    if match := re.fullmatch(r"(next|this) (week|weekend|month)", words):
        return _coming(match[1] == "next", match[2], said)
    if match := re.fullmatch(r"in (\w+) (day|week|month)s?", words):
        count = _NUMBERS.get(match[1]) or (int(match[1]) if match[1].isdigit() else 0)
        days = count * {"day": 1, "week": 7, "month": 30}[match[2]]
        return f"around {_written(said + timedelta(days=days))}" if days else None
    if match := re.fullmatch(r"in (\w+)", words):
        number = _MONTH.get(match[1])
        return f"in {_month(number)} {said.year + (number < said.month)}" if number else None
    if day := read_day(words):
        month, number, year = day
        try:
            meant = date(year or said.year, month, number)
            return f"on {_written(meant if year or meant >= said else meant.replace(year=said.year + 1))}"
        except ValueError:
            return None
    return None


def read_day(words: str) -> tuple[int, int, int | None] | None:
    """Read "12th of march", "march 12, 1990" or "12.3." as month, day and year; None if there is none."""
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _DOTTED):
        if match := pattern.search(words):
            month = int(match["month"]) if match["month"].isdigit() else _MONTH[match["month"].lower()]
            try:
                date(2000, month, int(match["day"]))
            except ValueError:
                continue
            return month, int(match["day"]), int(match["year"]) if match["year"] else None
    return None


def write_day(month: int, day: int) -> str:
    """Write a day without a year: "12 March"."""
    return f"{day} {_month(month)}"


def _coming(following: bool, what: str, said: date) -> str:
    monday = said - timedelta(days=said.weekday())
    if what == "month":
        first = (said.replace(day=1) + timedelta(days=32)).replace(day=1) if following else said
        return f"in {_month(first.month)} {first.year}"
    if following:
        monday += timedelta(days=7)
    return (
        f"in the week of {_written(monday)}" if what == "week" else f"on the weekend of {_written(monday + timedelta(days=5))}"
    )


def _month(number: int) -> str:
    return MONTHS[number - 1][0].capitalize()


def _written(day: date) -> str:
    return f"{day.day} {_month(day.month)} {day.year}"
