"""What each hole takes, by the name of its group in the patterns."""

from __future__ import annotations

from collections.abc import Callable

from memory.dates import resolve
from memory.slots.days import age_of, day_of, when_of
from memory.slots.names import bare_name, capital_name, known_name, listed_name, name_of, nick_of
from memory.slots.people import close_of, kin_of, pet_of, relation_of
from memory.slots.places import capital_place, place_of
from memory.slots.things import car_of, doing_of, thing_of
from memory.slots.wishes import topic_of
from memory.slots.words import Occasion
from memory.slots.work import any_job, daily_of, known_job, student_of, trade_of, venture_of, workplace_of


def term_of(name: str) -> Callable[[str, Occasion], str | None]:
    """Return a slot that takes the terms of one table, in English."""
    return lambda raw, occasion: occasion.terms.get(name, {}).get(raw.lower())


SLOTS: dict[str, Callable[[str, Occasion], str | None]] = {
    "name": name_of,
    "second_name": name_of,
    "capital_name": capital_name,
    "known_name": known_name,
    "listed_name": listed_name,
    "bare_name": bare_name,
    "place": place_of,
    "pet": pet_of,
    "count": lambda _raw, _occasion: "two",
    "thing": thing_of,
    "doing": doing_of,
    "what": lambda raw, _occasion: raw.lower().replace("color", "colour").replace("colouur", "colour"),
    "a_job": any_job,
    "a_known_job": known_job,
    "a_foreign_job": any_job,
    "where": lambda raw, _occasion: raw.lower(),
    "daily": daily_of,
    "a_student": student_of,
    "a_car": car_of,
    "workplace": workplace_of,
    "age": age_of,
    "day": day_of,
    "a_relation": relation_of,
    "a_close": close_of,
    "close": close_of,
    "an_event": lambda raw, _occasion: raw.lower(),
    "date": lambda raw, occasion: resolve(raw, occasion.said),
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
