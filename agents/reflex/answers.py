"""Putting an answer together: what a burst wants, in the order people would say it, three pieces at most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from agents.reflex.custom import wants_new_picture
from agents.reflex.facts import asks_for_everything, find_fact
from agents.reflex.intents import Sight, load_cues
from agents.reflex.lines import LinePicker
from agents.reflex.phrases import fill
from agents.reflex.reactions import LIGHT, PLAYFUL, react, sounds_low
from agents.reflex.telling import join_in, tell_fact
from core.recall import RecalledFact
from core.turns import RememberFact
from personas.schema import Persona

MOST_PIECES = 3
NO_SALE = {"explicit_request", "complaint", "refund", "support", "crisis", "age_statement", "meet_up", "comfort"}
"""Beside these wishes nothing is offered."""

SETTLED = {"complaint", "refund", "support", "meet_up", "explicit_request", "ask_recalled_fact"}
"""What a sentence wants, whatever else its wording sounds like."""

UNCODED = SETTLED | {"crisis", "age_statement", "opt_out", "are_you_real"}
"""What a sentence wants even where it names a code; any other asks for what the code is worth."""

SPOKEN_AS = {"crisis": "comfort", "age_statement": "tell_fact", "refund": "complaint"}
"""Where the house has texts of its own, and a persona that is asked all the same says what is nearest."""

MISREAD = {"support", "meet_up"}
"""What despair is taken for by its likeness: "I can't do this any more" reads like a call for support."""

# What is said first, and what goes first when there is too much to say: (intent, weight).
ORDER = {
    "purchase": 9,
    "greeting": 3,
    "laugh": 1,
    "smile": 1,
    "nod": 1,
    "decline": 1,
    "good_news": 8,
    "thanks": 4,
    "how_are_you": 5,
    "complaint": 9,
    "support": 9,
    "tell_fact": 7,
    "bored": 5,
    "joke": 7,
    "song": 7,
    "game": 7,
    "own_pictures": 7,
    "free": 7,
    "shop": 8,
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

OWN_LIMIT = "has set a limit"
"""What a tool says where it is the fan's own limit that keeps it from selling (`shop.restraint`)."""

OWNS = re.compile(r"\bowns\b.*\balready\b")
"""How `send_pack` says that the fan has what fits; "one is being made already" is not that."""

LIES = re.compile(r"^The pack (?P<quote>['\"])(?P<title>.+)(?P=quote) lies in this chat already\b")
"""How `send_pack` and `apply_promo` say that what fits lies before the fan for less already."""

BUSY, ENOUGH = "picture for this fan is being made already", "as many pictures made as a day has"
"""How `generate_image` says that a fan has a picture on its way, or had a day's (`studio.ordering.why_full`)."""

RESTING = "Nothing is attached."
"""How a tool begins that may sell nothing now (`tools.context.rest`)."""


class Knowledge(Struct, frozen=True):
    """What the reflex brain knows in a turn.

    `likeness`: of each fact to the question, by id, in -1..1. `about`: what the persona can say of itself to this burst.
    `learnt`: the facts that this turn keeps. `aside`: what is said last, whatever else is. `language`: what is spoken.
    """

    persona: Persona
    sights: tuple[Sight, ...]
    recalled: tuple[RecalledFact, ...] = ()
    likeness: Mapping[UUID, float] = {}
    about: str | None = None
    occasions: tuple[str, ...] = ()
    learnt: tuple[RememberFact, ...] = ()
    aside: str | None = None
    language: str = "en"


class Offer(Struct, frozen=True):
    """How the search for a pack ended: `title` of the one found, or the tool's `answer` when there is none.

    `coming`: a picture is being made instead; `reduced`: it is offered at a promo's price. `custom`: a picture to order was
    asked for, and none is made. `full`: because one is on its way already, or a day's were made.
    """

    title: str | None
    answer: str
    coming: bool = False
    reduced: bool = False
    custom: bool = False
    full: bool = False

    @property
    def resting(self) -> bool:
        """Whether nothing may be offered now, whatever there is: then it is not said that there is none."""
        return self.answer.startswith(RESTING)


def is_full(answer: str) -> bool:
    """Say whether a tool takes no wish for a picture because the fan has as many as may be."""
    return BUSY in answer or ENOUGH in answer


def find_wish(knowledge: Knowledge) -> str | None:
    """Return the fan's words that ask for content, all sentences joined; None when nothing may be offered now."""
    meanings = {meaning_of(sight, knowledge) for sight in knowledge.sights}
    if "content_request" not in meanings or NO_SALE & (meanings | {sight.intent for sight in knowledge.sights}):
        return None
    return " ".join(
        sight.text
        for sight in knowledge.sights
        if sight.intent in ("content_request", "other", "price") or wants_new_picture(sight.text)
    )


def find_custom_wish(knowledge: Knowledge) -> str | None:
    """Return what a picture is to show, in the fan's words; None when they ask for none, or nothing may be offered now."""
    return find_wish(knowledge) if any(wants_new_picture(sight.text) for sight in knowledge.sights) else None


def write_answer(knowledge: Knowledge, picker: LinePicker, offer: Offer | None = None) -> str:
    """Write the answer, pieces parted by blank lines; never empty."""
    wanted = [*knowledge.occasions, *dict.fromkeys(meaning_of(sight, knowledge) for sight in knowledge.sights)]
    wanted = [intent for intent in wanted if intent in ORDER] or ["other"]
    if knowledge.aside and wanted == ["other"]:
        return knowledge.aside
    if len(wanted) > 1:
        wanted = [intent for intent in wanted if intent not in LIGHT | {"other", "small_talk"}] or wanted[:1]
    if offer and offer.reduced and "discount" in wanted:
        wanted = [intent for intent in wanted if intent not in ("content_request", "price", "shop")]  # said with the new price
    heaviest = sorted(wanted, key=lambda intent: -ORDER[intent])[:MOST_PIECES]
    ordered = [intent for intent in ORDER if intent in heaviest]
    pieces = [_piece(intent, knowledge, picker, offer) for intent in ordered]
    return "\n\n".join(dict.fromkeys([*pieces, *([knowledge.aside] if knowledge.aside else [])]))


def meaning_of(sight: Sight, knowledge: Knowledge) -> str:
    """Return what a sentence wants of the persona: what the house did not take for a crisis or a minor is talk all the same."""
    reaction = react(sight.text)
    if sight.code and sight.intent not in UNCODED:
        return "discount"
    if sight.intent == "meet_up" and wants_new_picture(sight.text) and not _speaks_of_meeting(sight.text):
        return "content_request"  # a picture of you in the kitchen is no dinner there
    if sight.intent in SETTLED and reaction not in PLAYFUL and not (sight.intent in MISREAD and sounds_low(sight.text)):
        return SPOKEN_AS.get(sight.intent, sight.intent)
    if sounds_low(sight.text):
        return "comfort"
    if wants_new_picture(sight.text):
        return "content_request"
    kept = any(sight.message_id in fact.source_message_ids for fact in knowledge.learnt)
    if kept and (reaction == "good_news" or sight.intent in ("small_talk", "other")) and "?" not in sight.text:
        return "tell_fact"
    if reaction == "good_news" and sight.intent == "tell_fact":
        return reaction
    return reaction or SPOKEN_AS.get(sight.intent, sight.intent)


def _speaks_of_meeting(text: str) -> bool:
    return any(cue.search(text.lower()) for cue in load_cues().get("meet_up", ()))


def _piece(intent: str, knowledge: Knowledge, picker: LinePicker, offer: Offer | None) -> str:
    texts = [sight.text for sight in knowledge.sights if meaning_of(sight, knowledge) == intent]
    if intent == "tell_fact":
        return _acknowledge(knowledge, picker)
    if intent == "ask_recalled_fact":
        return _recall(texts, knowledge, picker)
    if intent == "question_about_me":
        return fill(picker.pick(intent, "fact"), fact=knowledge.about) if knowledge.about else picker.pick("unknown_self")
    if intent == "content_request" and offer and offer.coming:
        return picker.pick("picture_coming")
    if intent == "content_request" and offer and offer.full:
        return picker.pick("picture_busy" if BUSY in offer.answer else "picture_enough")
    if intent in ("discount", "content_request") and offer and offer.resting and not offer.title:
        return picker.pick("own_limit" if OWN_LIMIT in offer.answer else "resting")
    if intent in ("discount", "content_request") and offer and not offer.title and (lies := LIES.match(offer.answer)):
        return fill(picker.pick("lies_reduced", "title"), title=lies["title"])
    if intent == "discount" and (offer is None or not offer.reduced):
        named = offer and any(sight.code for sight in knowledge.sights if sight.text in texts)
        return picker.pick("code_refused" if named else intent)
    if intent == "discount" and offer and offer.title:
        return fill(picker.pick("promo", "title"), title=offer.title)
    if intent == "content_request" and offer and offer.custom:
        return fill(picker.pick("custom_vault", "title"), title=offer.title) if offer.title else picker.pick("no_custom")
    if intent == "content_request" and offer:
        if offer.title:
            return fill(picker.pick("offer", "title"), title=offer.title)
        return picker.pick("owned" if OWNS.search(offer.answer) else "no_pack")
    return picker.pick(intent)


def _acknowledge(knowledge: Knowledge, picker: LinePicker) -> str:
    """Call noted what is kept, in the words it is kept in; anything else is heard, and no more is claimed."""
    said = {sight.message_id for sight in knowledge.sights}
    learnt = [fact for fact in knowledge.learnt if said & set(fact.source_message_ids)][:2]
    return fill(picker.pick("tell_fact", "fact"), fact=_tell(learnt, knowledge)) if learnt else picker.pick("heard")


def _recall(texts: Sequence[str], knowledge: Knowledge, picker: LinePicker) -> str:
    if any(asks_for_everything(text) for text in texts) and knowledge.recalled:
        return fill(picker.pick("ask_recalled_fact", "fact"), fact=_tell(knowledge.recalled[:3], knowledge))
    found = [fact for text in texts if (fact := find_fact(text, knowledge.recalled, knowledge.likeness))]
    return (
        fill(picker.pick("ask_recalled_fact", "fact"), fact=_tell(found, knowledge)) if found else picker.pick("unknown_fact")
    )


def _tell(facts: Sequence[RecalledFact | RememberFact], knowledge: Knowledge) -> str:
    """Tell facts in the language of the talk, each once."""
    return join_in(list(dict.fromkeys(tell_fact(fact.text, knowledge.language) for fact in facts)), knowledge.language)
