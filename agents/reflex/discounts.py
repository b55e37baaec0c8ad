"""Whether a burst asks to pay less: for a discount, or with a code."""

from __future__ import annotations

from msgspec import Struct

from agents.reflex.answers import NO_SALE, Knowledge, meaning_of


class Ask(Struct, frozen=True):
    """A wish to pay less, and the code that the fan named for it."""

    code: str | None


def find_discount(knowledge: Knowledge) -> Ask | None:
    """Return the wish to pay less; None when there is none, or nothing may be offered now."""
    meanings = {meaning_of(sight, knowledge) for sight in knowledge.sights}
    if "discount" not in meanings or NO_SALE & (meanings | {sight.intent for sight in knowledge.sights}):
        return None
    codes = (sight.code for sight in knowledge.sights)
    return Ask(next((code for code in codes if code), None))
