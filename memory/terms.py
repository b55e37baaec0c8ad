"""More holes: words that each language has in a table of its own, and what a fan asks of the talk."""

from __future__ import annotations

import re
from collections.abc import Callable

from memory.dates import resolve
from memory.guards import is_wish
from memory.slots import SLOTS as PLAIN
from memory.slots import Place, any_job, close_of, cut, is_name, place_of, words

_OWN = re.compile(
    r"(?:my|the|our|this|that|meine[nmrs]?|mein|die|der|das|dem|den|mi|mis|el|la|los|mon|ma|mes|le|il mio|la mia|mio|mia|meu"
    r"|minha|o|a) ",
    re.IGNORECASE,
)


def term_of(name: str) -> Callable[[str, Place], str | None]:
    """Return a slot that takes the terms of one table, in English."""
    return lambda raw, place: place.terms.get(name, {}).get(raw.lower())


def kin_of(raw: str, place: Place) -> str | None:
    """A relation in the rule's language, so that it tells nothing of whom the fan loves."""
    known = place.terms.get("kin", {}).get(raw.lower())
    return close_of(known, place) if known else None


def trade_of(raw: str, place: Place) -> str | None:
    """What follows "ich bin", "soy", …: an occupation, by the words of that language."""
    found = any_job(raw, place)
    return found if found and found.split()[0] in words("foreign_occupations") else None


def when_of(raw: str, place: Place) -> str | None:
    """A day in the rule's language, as a date."""
    known = place.terms.get("when", {}).get(raw.lower())
    return resolve(known, place.said) if known else None


def capital_place(raw: str, place: Place) -> str | None:
    """A town or country after a word that may lead elsewhere ("sono di fretta"): only with a capital."""
    return place_of(raw, place) if raw[:1].isupper() else None


def venture_of(raw: str, _: Place) -> str | None:
    """A business of one's own."""
    tokens = raw.lower().split()
    return (
        None
        if set(tokens) & (words("not_things") | words("not_names")) - {"small", "little", "big", "new", "own"}
        else " ".join(tokens)
    )


def topic_of(raw: str, place: Place) -> str | None:
    """What somebody does not want to talk about: at most three words, none of which means nothing."""
    tokens = cut(_OWN.sub("", raw, count=1) if _OWN.match(raw) else raw)
    unfit = words("not_things") | words("not_names") - words("occupations")
    if not 1 <= len(tokens) <= 3 or tokens[0].lower() in unfit or not is_wish(" ".join(tokens)):
        return None
    return " ".join(tokens).lower()


def nick_of(raw: str, _: Place) -> str | None:
    """What somebody does not want to be called: an endearment, or a name with a capital."""
    known = raw.lower() in words("endearments")
    return raw.lower() if known else raw if raw[:1].isupper() and not raw.isupper() and is_name(raw) else None


SLOTS: dict[str, Callable[[str, Place], str | None]] = {
    **PLAIN,
    "a_kin": kin_of,
    "kin": kin_of,
    "a_trade": trade_of,
    "fav": term_of("fav"),
    "an_evt": term_of("evt"),
    "tongue": term_of("tongue"),
    "hours": term_of("hours"),
    "when": when_of,
    "topic": topic_of,
    "capital_place": capital_place,
    "venture": venture_of,
    "nick": nick_of,
}
"""What each hole takes, by the name of its group in the patterns."""
