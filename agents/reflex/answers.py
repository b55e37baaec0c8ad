"""Putting an answer together: what a burst wants, in the order people would say it, three pieces at most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from agents.reflex.facts import asks_for_everything, find_fact
from agents.reflex.intents import Sight
from agents.reflex.lines import LinePicker
from agents.reflex.phrases import fill, from_fact, join, to_you
from core.turns import RecalledFact
from personas.schema import Persona

MOST_PIECES = 3
NO_SALE = {"explicit_request", "complaint", "support", "crisis", "age_statement", "meet_up"}
"""Beside these wishes nothing is offered."""

_LOW = re.compile(
    r"\b(?:lonely|(?:so|feel|feeling|all|always) alone|sad|depress(?:ed|ion|ing)|crying|cried|heartbroken|hopeless|worthless|"
    r"died|passed away|funeral|grief|grieving|broke up|dumped me|left me|miserable|anxious|panic attack|lost my job)\b",
    re.I,
)

# What is said first, and what goes first when there is too much to say: (intent, weight).
ORDER = {
    "purchase": 9,
    "greeting": 3,
    "thanks": 4,
    "how_are_you": 5,
    "complaint": 9,
    "support": 9,
    "tell_fact": 7,
    "ask_recalled_fact": 8,
    "question_about_me": 6,
    "compliment": 5,
    "explicit_request": 8,
    "meet_up": 8,
    "comfort": 9,
    "price": 7,
    "discount": 7,
    "small_talk": 2,
    "media": 1,
    "other": 0,
    "content_request": 8,
    "goodbye": 6,
}


class Knowledge(Struct, frozen=True):
    """What the reflex brain knows in a turn.

    `likeness`: of each fact to the question, by id, in -1..1. `about`: what the persona can say of itself to this burst.
    """

    persona: Persona
    sights: tuple[Sight, ...]
    recalled: tuple[RecalledFact, ...] = ()
    likeness: Mapping[UUID, float] = {}
    about: str | None = None
    occasions: tuple[str, ...] = ()


class Offer(Struct, frozen=True):
    """How the search for a pack ended: `title` of the one found, or the tool's `answer` when there is none."""

    title: str | None
    answer: str


def find_wish(knowledge: Knowledge) -> str | None:
    """Return the fan's words that ask for content, all sentences joined; None when nothing may be offered now."""
    intents = {sight.intent for sight in knowledge.sights}
    if "content_request" not in intents or intents & NO_SALE:
        return None
    return " ".join(sight.text for sight in knowledge.sights if sight.intent in ("content_request", "other", "price"))


def write_answer(knowledge: Knowledge, picker: LinePicker, offer: Offer | None = None) -> str:
    """Write the answer, pieces parted by blank lines; never empty."""
    wanted = [*knowledge.occasions, *dict.fromkeys(_meaning(sight) for sight in knowledge.sights)]
    wanted = [intent for intent in wanted if intent in ORDER] or ["other"]
    if len(wanted) > 1:
        wanted = [intent for intent in wanted if intent not in ("other", "small_talk")] or wanted[:1]
    heaviest = sorted(wanted, key=lambda intent: -ORDER[intent])[:MOST_PIECES]
    ordered = [intent for intent in ORDER if intent in heaviest]
    return "\n\n".join(dict.fromkeys(_piece(intent, knowledge, picker, offer) for intent in ordered))


def _meaning(sight: Sight) -> str:
    """Return what a sentence wants of the persona: what the house did not take for a crisis or a minor is talk all the same."""
    if sight.intent in ("small_talk", "other", "tell_fact", "how_are_you") and _LOW.search(sight.text):
        return "comfort"
    return {"crisis": "comfort", "age_statement": "tell_fact"}.get(sight.intent, sight.intent)


def _piece(intent: str, knowledge: Knowledge, picker: LinePicker, offer: Offer | None) -> str:
    texts = [sight.text for sight in knowledge.sights if _meaning(sight) == intent]
    if intent == "tell_fact":
        return _acknowledge(texts, picker)
    if intent == "ask_recalled_fact":
        return _recall(texts, knowledge, picker)
    if intent == "question_about_me":
        return fill(picker.pick(intent, "fact"), fact=knowledge.about) if knowledge.about else picker.pick("unknown_self")
    if intent == "content_request" and offer:
        if offer.title:
            return fill(picker.pick("offer", "title"), title=offer.title)
        return picker.pick("owned" if "already" in offer.answer.lower() else "no_pack")
    return picker.pick(intent)


def _acknowledge(texts: Sequence[str], picker: LinePicker) -> str:
    phrases = [phrase for phrase in map(to_you, texts) if phrase][:2]
    return fill(picker.pick("tell_fact", "fact"), fact=join(phrases)) if phrases else picker.pick("tell_fact")


def _recall(texts: Sequence[str], knowledge: Knowledge, picker: LinePicker) -> str:
    if any(asks_for_everything(text) for text in texts) and knowledge.recalled:
        phrases = [from_fact(fact.text) for fact in knowledge.recalled[:3]]
        return fill(picker.pick("ask_recalled_fact", "fact"), fact=join(phrases))
    found = [find_fact(text, knowledge.recalled, knowledge.likeness) for text in texts]
    phrases = list(dict.fromkeys(from_fact(fact.text) for fact in found if fact))
    return fill(picker.pick("ask_recalled_fact", "fact"), fact=join(phrases)) if phrases else picker.pick("unknown_fact")
