"""Ages, birthdays and days; who says to be under age stops everything."""

from __future__ import annotations

import re

from memory.dates import read_day, resolve, write_day
from memory.slots.words import Occasion, cut

ADULT = 18
OLDEST = 99


class UnderAge(Exception):
    """The fan says to be under age: nothing at all is stored."""


def age_of(raw: str, _: Occasion) -> str | None:
    """An adult's age. Raises `UnderAge`."""
    age = int(raw)
    if 0 < age < ADULT:
        raise UnderAge
    return raw if age <= OLDEST and age else None


def day_of(raw: str, occasion: Occasion) -> str | None:
    """A birthday without its year. Raises `UnderAge` when the year says so."""
    if found := read_day(raw):
        month, day, year = found
        if year and occasion.said.year - year - ((occasion.said.month, occasion.said.day) < (month, day)) < ADULT:
            raise UnderAge
        return write_day(month, day)
    near = resolve(" ".join(cut(raw)[:2]), occasion.said) or resolve(raw.strip(" .!").lower(), occasion.said)
    match = re.fullmatch(r"on (\d+ \w+) \d{4}", near or "")
    return match[1] if match else None


def when_of(raw: str, occasion: Occasion) -> str | None:
    """A day in the rule's language, as a date."""
    known = occasion.terms.get("when", {}).get(raw.lower())
    return resolve(known, occasion.said) if known else None
