"""Telling a fan what they told: a stored fact, which is an English sentence about "the fan", in the language of the talk."""

from __future__ import annotations

import calendar
import re
import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct

from agents.reflex.phrases import from_fact

FOLDER = Path(__file__).with_name("fact_phrases")
OURS = ("relation", "what", "where")
"""Holes whose words are ours, in English, and are put into the other language; all others are the fan's own words."""

MONTHS = tuple(month.lower() for month in calendar.month_name[1:])

_HOLE = re.compile(r"\\\{(\w+)\\\}")
_ARTICLE = re.compile(r"^an? ")
_WHEN = r"(?:on|in|around) .+?|\d{1,2} [a-z]+"
_DAY = re.compile(r"(?:on |around |in )?(?:(?P<day>\d{1,2}) )?(?P<month>[A-Z][a-z]+)(?: (?P<year>\d{4}))?")


class Phrases(Struct, frozen=True):
    """One language: how it lists things, names days, our own words (`words`, by hole), and how it says each kind of fact."""

    joint: str
    day: str
    day_of_any_year: str
    only_month: str
    months: tuple[str, ...]
    words: dict[str, dict[str, str]]
    frames: tuple[tuple[re.Pattern[str], str], ...]


def tell_fact(fact: str, language: str) -> str:
    """Turn "The fan has a dog called Rex." into "tu perro se llama Rex"; a fact of no known kind stays English."""
    if language == "en" or not (FOLDER / f"{language}.toml").is_file():
        return from_fact(fact)
    phrases = load_phrases(language)
    for pattern, template in phrases.frames:
        if match := pattern.fullmatch(fact.strip()):
            return template.format_map({name: _translate(name, words, phrases) for name, words in match.groupdict().items()})
    return from_fact(fact)


def join_in(parts: list[str], language: str) -> str:
    """Join phrases as people do in a language: "a, b y c"."""
    joint = "and" if language == "en" or not (FOLDER / f"{language}.toml").is_file() else load_phrases(language).joint
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


@cache
def load_phrases(language: str) -> Phrases:
    """Read the phrases of a language."""
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Phrases(
        joint=table["joint"],
        day=table["day"],
        day_of_any_year=table["day_of_any_year"],
        only_month=table["only_month"],
        months=tuple(table["months"].split()),
        words={hole: table[hole] for hole in OURS},
        frames=tuple((_compile(frame), told) for frame, told in table["frames"].items()),
    )


def _compile(frame: str) -> re.Pattern[str]:
    holes = _HOLE.sub(lambda hole: f"(?P<{hole[1]}>{_WHEN if hole[1] == 'date' else '.+?'})", re.escape(frame))
    return re.compile(holes, re.IGNORECASE)


def _translate(hole: str, words: str, phrases: Phrases) -> str:
    if hole == "date":
        return _day(words, phrases)
    bare = _ARTICLE.sub("", words)
    if hole in OURS:
        return phrases.words[hole].get(bare.lower(), bare)
    return bare if hole in ("job", "thing") else words


def _day(words: str, phrases: Phrases) -> str:
    match = _DAY.fullmatch(words)
    if not match or match["month"].lower() not in MONTHS:
        return words
    month = phrases.months[MONTHS.index(match["month"].lower())]
    shape = phrases.only_month if not match["day"] else phrases.day if match["year"] else phrases.day_of_any_year
    return shape.format_map({"day": match["day"], "month": month, "year": match["year"] or ""}).strip()
