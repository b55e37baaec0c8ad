"""Holes in fact sentences: each kind of slot takes a fan's raw words and gives the clean ones, or refuses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from msgspec import Struct

from memory.dates import read_day, resolve, write_day
from memory.guards import RULES

ADULT = 18
OLDEST = 99
LONGEST = 40

_PARTNER = {"husband", "wife", "girlfriend", "boyfriend", "partner", "fiance", "fiancé", "fiancée", "fiancee"}
_CHILDREN = {"son", "daughter", "kid", "kids", "child", "children", "sons", "daughters"}
_PARENTS = {"mom", "mum", "mother", "dad", "father"}
_PLURAL = {"siblings", "brothers", "sisters", "sons", "daughters"}
_PLAIN = {"mom": "mother", "mum": "mother", "dad": "father", "grandma": "grandmother", "grandpa": "grandfather", "kid": "child"}
_ORIGIN = re.compile(r"(?:ian|ean|ish|ese|ist|ern)$")


class UnderAge(Exception):
    """The fan says to be under age: nothing at all is stored."""


class Place(Struct, frozen=True):
    """Where a slot stands: the rule's language's `pets` and other `terms` with their English words, and the day it was said."""

    pets: Mapping[str, str]
    said: date
    terms: Mapping[str, Mapping[str, str]] = {}


@cache
def words(name: str) -> frozenset[str]:
    """Return one list of `words.toml`."""
    return frozenset(tomllib.loads((RULES / "words.toml").read_text())[name].split())


def name_of(raw: str, _: Place) -> str | None:
    """A given name: one word, or more if capitalised; what follows a small one must be no part of the sentence."""
    tokens = [re.sub(r"['’]s$", "", found) for found in re.findall(r"[^\W\d_][\w'’-]*|[,.!:;-]|\S", raw.strip())]
    if not tokens or not is_name(tokens[0]):
        return None
    kept = [tokens[0]]
    if tokens[0][0].isupper():
        for token in tokens[1:3]:
            if not (token[0].isupper() and is_name(token)):
                break
            kept.append(token)
    elif len(tokens) > 1 and not _may_follow(tokens[1]):
        return None
    name = " ".join(part if part[0].isupper() and not part.isupper() else part.capitalize() for part in kept)
    return name if len(name) <= LONGEST else None


def capital_name(raw: str, place: Place) -> str | None:
    """A name that stands without "called": only if it is capitalised and followed by nothing that makes it another word."""
    trade = raw.split(maxsplit=1)[0].lower() in words("foreign_occupations") if raw.strip() else True
    return name_of(raw, place) if raw[:1].isupper() and not raw.isupper() and not trade else None


def known_name(raw: str, place: Place) -> str | None:
    """A name after "I'm": capitalised, or one that people are often called."""
    return name_of(raw, place) if raw.lower() in words("names") or (raw[:1].isupper() and not raw.isupper()) else None


def listed_name(raw: str, place: Place) -> str | None:
    """A name after "this is": only one that people are often called."""
    return name_of(raw, place) if raw.lower() in words("names") else None


def bare_name(raw: str, place: Place) -> str | None:
    """A name after "my son is": a capital, and no word of where somebody comes from or what they believe."""
    origin = _ORIGIN.search(raw) and raw.lower() not in words("names")
    return None if origin else capital_name(raw, place)


def place_of(raw: str, _: Place) -> str | None:
    """A town or country of at most three words."""
    tokens = cut(raw)
    article = bool(tokens) and tokens[0].lower() == "the"
    if article:
        tokens = tokens[1:]
        if not tokens or tokens[0].lower() not in words("the_places"):
            return None
    if tokens == ["Nice"]:  # the town; "a nice place" is none
        return "Nice"
    if not 1 <= len(tokens) <= 3 or tokens[0].lower() in words("not_places") | words("not_things"):
        return None
    if any(any(c.isdigit() for c in token) for token in tokens) or (len(tokens) == 3 and tokens[0].islower()):
        return None
    if tokens[0].lower() == "new" and " ".join(tokens[1:2]).lower() not in words("after_new"):
        return None
    small = {"de", "do", "da", "del", "di", "am", "upon", "sur", "an", "der"}
    shown = [
        t.upper() if t.lower() in words("capitals") else t if not t.islower() or t in small - {tokens[0]} else t.capitalize()
        for t in tokens
    ]
    return ("the " if article else "") + " ".join(shown)


def thing_of(raw: str, _: Place) -> str | None:
    """A thing one may like: at most four words, none of which means the persona or nothing."""
    tokens = cut(raw)
    if tokens and tokens[0].lower() == "the":
        titled = tokens[0] == "The" and all(token[0].isupper() for token in tokens[1:])
        if len(tokens) < 2 or not (titled or tokens[1].lower() in words("the_things")):
            return None
    elif tokens and tokens[0].lower() in words("not_things") | words("fillers"):
        return None
    if not 1 <= len(tokens) <= 4 or any(token.lower() in words("not_things") - {"the", "of", "a"} for token in tokens[1:]):
        return None
    text = " ".join(tokens)
    if (
        len(tokens) == 1
        and text.lower() in words("vague") | words("not_names")
        and not (text.endswith("ing") and text.lower() not in words("vague"))
    ):
        return None
    if not 3 <= len(text) <= LONGEST or not re.search(r"[^\W\d_]{3}", text) or re.search(r"(.)\1\1\1", text):
        return None
    return (
        text
        if any(token[0].isupper() for token in tokens[1:])
        else text[0].lower() + text[1:]
        if not text.isupper()
        else text.lower()
    )


def doing_of(raw: str, place: Place) -> str | None:
    """Something one may like to do."""
    tokens = cut(raw)
    if not tokens or tokens[0].lower() in words("not_verbs") or len(tokens) > 4:
        return None
    banned = words("not_things") - words("not_verbs") - {"to", "a", "the", "in", "for", "with", "like"}
    return None if any(token.lower() in banned for token in tokens) else " ".join(tokens).lower()


def any_job(raw: str, _: Place) -> str | None:
    """What follows "I work as a": at most three words."""
    tokens = [token.lower() for token in cut(raw)]
    if not 1 <= len(tokens) <= 3 or set(tokens) & (words("not_names") - words("occupations")) & {tokens[-1]}:
        return None
    return " ".join(tokens)


def known_job(raw: str, place: Place) -> str | None:
    """What follows "I'm a": an occupation, with at most two words before it."""
    found = any_job(raw, place)
    tokens = (found or "").split()
    ends = {tokens[-1], "-".join(tokens[-2:])} if tokens else set()
    return found if ends & words("occupations") else None


def daily_of(raw: str, place: Place) -> str | None:
    """What one does for a living, as others say it: "bakes bread"."""
    tokens = cut(raw)
    verb = tokens[0].lower() if tokens else ""
    if not verb.isalpha() or verb in words("not_names") or verb in words("not_verbs") - {"do", "make", "buy", "ask"}:
        return None
    rest = thing_of(" ".join(tokens[1:]), place) if tokens[1:] else ""
    return None if rest is None else f"{third_person(verb)} {rest}".strip()


def third_person(verb: str) -> str:
    """Return what "he" or "she" does: "teaches", "flies", "bakes"."""
    if re.search(r"(?:ch|sh|ss|x|zz|o)$", verb):
        return verb + "es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", verb) + "s"


def student_of(raw: str, _: Place) -> str | None:
    """A student, perhaps of something; never a pupil."""
    tokens = raw.lower().split()
    return (
        None if set(tokens[:-1]) & (words("not_names") | words("not_things") | {"school", "highschool"}) else " ".join(tokens)
    )


def car_of(raw: str, _: Place) -> str | None:
    """A make of car, with its colour and model: at most four words."""
    tokens = cut(raw)
    if len(tokens) > 4 or not {token.lower() for token in tokens} & words("cars"):
        return None
    known = words("cars") - {"van", "convertible", "cabrio", "minivan", "pickup"}
    short = {"bmw", "vw", "suv"}
    return " ".join(
        t.upper() if t.lower() in short else t.capitalize() if t.lower() in known and t.islower() else t for t in tokens
    )


def workplace_of(raw: str, place: Place) -> str | None:
    """Where one works: a name or a kind of place, never an address."""
    tokens = cut(raw)
    if tokens[:1] == ["IT"] or " ".join(tokens).lower() in {word.replace("_", " ") for word in words("trades")} - {"it"}:
        return " ".join(tokens)
    article = f"{tokens.pop(0).lower()} " if len(tokens) > 1 and tokens[0].lower() in ("a", "an", "the") else ""
    if not 1 <= len(tokens) <= 3 or tokens[0].lower() in words("not_things") | words("not_places") - words("workplaces"):
        return None
    return None if any(any(c.isdigit() for c in t) for t in tokens) else article + " ".join(tokens)


def age_of(raw: str, _: Place) -> str | None:
    """An adult's age. Raises `UnderAge`."""
    age = int(raw)
    if 0 < age < ADULT:
        raise UnderAge
    return raw if age <= OLDEST and age else None


def day_of(raw: str, place: Place) -> str | None:
    """A birthday without its year. Raises `UnderAge` when the year says so."""
    if found := read_day(raw):
        month, day, year = found
        if year and place.said.year - year - ((place.said.month, place.said.day) < (month, day)) < ADULT:
            raise UnderAge
        return write_day(month, day)
    near = resolve(" ".join(cut(raw)[:2]), place.said) or resolve(raw.strip(" .!").lower(), place.said)
    match = re.fullmatch(r"on (\d+ \w+) \d{4}", near or "")
    return match[1] if match else None


def relation_of(raw: str, _: Place) -> str | None:
    """A relation, without name, and so that it tells nothing of whom the fan loves."""
    raw = raw.lower()
    if raw in _PARENTS:
        return None
    return "partner" if raw in _PARTNER else "children" if raw in _CHILDREN else raw


def close_of(raw: str, _: Place) -> str | None:
    """Somebody close whose name is told: no "wife" and no "husband", so that it tells nothing of whom the fan loves."""
    raw = raw.lower()
    return "partner" if raw in _PARTNER else "children" if raw == "kids" else _PLAIN.get(raw, raw)


def with_article(text: str) -> str:
    """Put "a" or "an" before a word that stands for one."""
    if text in _PLURAL or text == "children":
        return text
    return f"an {text}" if text[0] in "aeiou" else f"a {text}"


def _pet(raw: str, place: Place) -> str | None:
    return place.pets.get(raw.lower())


SLOTS: dict[str, Callable[[str, Place], str | None]] = {
    "name": name_of,
    "second_name": name_of,
    "capital_name": capital_name,
    "known_name": known_name,
    "listed_name": listed_name,
    "bare_name": bare_name,
    "place": place_of,
    "pet": _pet,
    "count": lambda _raw, _place: "two",
    "thing": thing_of,
    "doing": doing_of,
    "what": lambda raw, _place: raw.lower().replace("color", "colour").replace("colouur", "colour"),
    "a_job": any_job,
    "a_known_job": known_job,
    "a_foreign_job": any_job,
    "where": lambda raw, _place: raw.lower(),
    "daily": daily_of,
    "a_student": student_of,
    "a_car": car_of,
    "workplace": workplace_of,
    "age": age_of,
    "day": day_of,
    "a_relation": relation_of,
    "a_close": close_of,
    "close": close_of,
    "an_event": lambda raw, _place: raw.lower(),
    "date": lambda raw, place: resolve(raw, place.said),
}
"""What each hole takes, by the name of its group in the patterns; more in `memory/terms.py`."""


def cut(raw: str) -> list[str]:
    """Return the words up to where the sentence goes on with something else; at least one must be there to cut after."""
    kept: list[str] = []
    for token in re.findall(r"[^\W_][\w'’&-]*|[^\w\s]", raw.strip()):
        if not token[0].isalnum() or (kept and token.lower() in words("stops") | words("fillers")):
            break
        kept.append(token)
    return kept


def is_name(token: str) -> bool:
    """Whether a word may be a name."""
    return (
        token.lower() not in words("not_names")
        and 2 <= len(token) <= 20
        and bool(re.fullmatch(r"[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*", token))
    )


def _may_follow(token: str) -> bool:
    return not token[0].isalpha() or token.lower() in words("fillers") | words("stops")
