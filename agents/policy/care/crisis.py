"""Somebody who may be in danger gets a number to call and a person, not a persona."""

from __future__ import annotations

import re

from agents.policy.rule import Case, InboundRule, Patterns, Ruling, examples, matching_language
from core.turns import RestSales

SURE = 0.78
"""Likeness to the crisis examples that counts by itself."""

_NOT_MEANT = r"(?! (?:of|from) (?:embarrassment|laughter|laughing|shame|cringe|boredom|hunger))"
SIGNS: Patterns = {
    "en": (
        re.compile(r"\b(?:kill(?:ing)?|hang|shoot|drown) (?:myself|my ?self)\b(?! laughing)"),
        re.compile(r"\bsuicid(?:e|al)\b(?! (?:squad|burger|sauce|doors|wings))"),
        re.compile(r"\b(?:end(?:ing)?|take|taking) my (?:own )?life\b|\bend(?:ing)? it all\b"),
        re.compile(r"\bwish i (?:(?:was|were)(?:n't| not| never)|had never been|wasnt) (?:alive|born)\b"),
        re.compile(
            r"\b(?:wanna|want to|gonna|going to|gotta|should|might|will|'ll|could|about to|ready to) (?:just |really )?kms\b"
            r"(?! (?:away|from|of|per|an?|to|left|more|and))|^(?:ugh |lol |i )?kms(?: (?:lol|fr|tbh|now|today"
            r"|tonight|rn|already))?\W*$"
        ),
        re.compile(
            r"\bcan(?:'?t|not) (?:go on|take this life|live like this)(?: with (?:this|my) life| living| like this"
            r"| with (?:it|life))? any ?more\b(?! (?:pizza|cake|food))|\bcan(?:'?t|not) go on(?: living| like this)?(?=\W*$)"
        ),
        re.compile(
            r"\b(?:no|not any|what(?:'s| is) the|see(?:ing)? (?:no|any|the)) point (?:in|of|to) (?:anything"
            r"|life|living|it all|me"
            r"|going on|being (?:here|alive)|my life|existing)\b|\b(?:life|it)(?:'s| is)?(?: not|n't) worth living\b"
        ),
        re.compile(
            rf"\b(?:want|wanna|wish|ready|going|prefer)(?: to| i could)? (?:die|be dead|disappear forever)\b{_NOT_MEANT}"
            rf"|\bwish i (?:was|were) dead\b"
        ),
        re.compile(
            r"\b(?:don't|do not|dont) (?:want|wanna)(?: to)? (?:live|be alive|exist|wake up"
            r"|be here) ?(?:any ?more)?(?=$|[.,!?]| any)"
        ),
        re.compile(
            r"\bself[- ]?harm|\b(?:hurt(?:ing)?|cut(?:ting)?|burn(?:ing)?) myself\b(?! (?:shaving"
            r"|cooking|on|with|at|while|some|a|off|lifting|playing|running|in the))"
        ),
        re.compile(
            r"\bbetter off (?:dead|without me)\b|\bno (?:reason|point) (?:to|in) (?:live|living"
            r"|go on)\b|\b(?:nobody|no ?-?one) (?:would|will|'d|is gonna) (?:even |really )?(?:miss me|(?:notice|care) if i)\b"
            r"(?! (?:at the|on|if i (?:skip|am late)|said|wore|came))"
        ),
        re.compile(
            r"\b(?:took|swallowed|overdosed on) (?:all|too many|a lot of)(?: (?:the|my|of the"
            r"|of my))* (?:pills|tablets|meds)\b|\boverdos(?:e|ing) (?:on purpose|tonight)\b"
        ),
    ),
    "de": (
        re.compile(
            r"\b(?:mich umbringen|will (?:nur noch )?sterben|nicht mehr leben|selbstmord|suizid"
            r"|mir das leben nehmen|ritze mich)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b(?:quiero morir(?:me)?|quiero matarme|me quiero (?:matar|morir)|suicid(?:arme|io)|"
            r"quitarme la vida|no quiero vivir)\b"
        ),
    ),
    "fr": (
        re.compile(r"\b(?:me suicider|veux mourir|en finir avec (?:la|ma) vie|veux en finir|plus envie de vivre|me tuer)\b"),
    ),
    "it": (
        re.compile(r"\b(?:voglio morire|uccidermi|ammazzarmi|suicid(?:armi|io)|togliermi la vita|non voglio più vivere)\b"),
    ),
    "pt": (re.compile(r"\b(?:quero morrer|me matar|suic[ií]d(?:io|ar)|tirar a minha vida|não quero mais viver)\b"),),
}


def judge(case: Case) -> Ruling | None:
    """Stop the persona at the first sign."""
    found = next((lang for message in case.fan_messages() if (lang := matching_language(message.text, SIGNS))), None)
    if not found and not any(sight.intent == "crisis" and sight.score >= SURE for sight in case.sights):
        return None
    say, effects = (case.word("crisis", found),), (RestSales("care"),)
    return Ruling(say=say, effects=effects, ends=True, hold="The fan may be in a crisis.")


RULE = InboundRule(
    name="crisis",
    judge=judge,
    good=examples(
        "this heat is killing me",
        "I'd kill for a coffee",
        "I cut myself shaving",
        "I nearly died laughing",
        "I watched Suicide Squad yesterday",
        "I want to die of embarrassment",
        "dead tired today",
        "I could murder a pizza",
        "50 kms away",
        "I want to run 10 kms",
        "just a few kms left",
        "I can't go on holiday this year",
        "no point in arguing with my boss",
        "I can't take any more cake",
        "the end of it all was a good film",
    ),
    bad=examples(
        "I want to kill myself",
        "I just want to die",
        "i dont want to live anymore",
        "thinking about suicide a lot",
        "I've been cutting myself",
        "I'm going to end my life tonight",
        "everyone would be better off without me",
        "I took all my pills",
        "I've been thinking about ending it all",
        "kms",
        "I wish I was never born",
        "i'm gonna kms",
        "nobody would miss me",
        "no one would even notice if I was gone",
        "can't go on anymore",
        "I cant go on like this",
        "no point in anything",
        "what's the point of living",
        "life isn't worth living",
        "ich will nicht mehr leben",
        "quiero morirme",
        "je veux mourir",
        "voglio uccidermi",
        "quero me matar",
    ),
)
