"""A fan who says they are under age: no sale, no flirt, a kind neutral word, and a person looks."""

from __future__ import annotations

import re

from agents.plain_text import flatten
from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from agents.watch.adulthood import counts_other_things, says_adult
from agents.watch.telling import load_phrases
from core.turns import FlagMinor

SURE, NEAR, LEAD = 0.5, 0.6, 0.0
"""Chance by the watch, likeness to its examples, and by how much more than to ordinary talk, that count by themselves."""

SAYS: Patterns = load_phrases("minor")
_YOUNG = r"(?:[5-9]|1[0-7]|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
_ASKED = re.compile(r"\bhow old (?:are|r) (?:you|u)\b|\byour age\b|\bare you (?:over |at least )?18\b", re.I)
_AT_WORK = re.compile(r"\bwhat do you (?:do|study)\b|\b(?:school|grade|class)\b", re.I)
_GRADE = re.compile(r"\b(?:[5-9]|1[0-2])th grade\b|\byear (?:[5-9]|1[01])\b(?! (?:ago|old))")
_HERE = re.compile(r"^\W*(?:(?:hi+|hey+|hello|yo|well|so|just|only)\W+)*(?:[89]|1[0-7]) here\W*$", re.I)
_CLOCK = re.compile(r"\b(?:time|late|early|clock|morning|evening|weather|degrees|warm|cold|hot|how many)\b", re.I)
_BARE = re.compile(rf"^(?:i'm |im )?{_YOUNG}$|^no,? (?:not yet|i'm not)$")


def judge(case: Case) -> Ruling | None:
    """Stop at the first statement of an age under eighteen, and stay silent until a person has found otherwise."""
    language = next((lang for message in case.fan_messages() if (lang := matching_language(message.text, SAYS))), None)
    if not language and any(sign.is_of("minor", SURE, NEAR, LEAD) and not _is_cleared(sign.text) for sign in case.signs):
        language = case.language()
    if not language and _ASKED.search(case.said_before()):
        answers = (flatten(message.text).strip(" .!") for message in case.fan_messages())
        language = "en" if any(_BARE.match(answer) for answer in answers) else None
    if not language and not _CLOCK.search(case.said_before()):
        language = "en" if any(_HERE.match(message.text) for message in case.fan_messages()) else None
    if not language and _AT_WORK.search(case.said_before()):
        language = "en" if any(_GRADE.search(message.text.lower()) for message in case.fan_messages()) else None
    if case.turn.fan.minor_signal_at is not None:  # the fan has read why
        return Ruling(ends=True, hold="The fan said to be under age; a person must decide before anything is said to them.")
    if not language:
        return None
    say = (case.word("age", language),)
    return Ruling(say=say, effects=(FlagMinor(),), ends=True, hold="The fan says that they are under age.")


def _is_cleared(text: str) -> bool:
    """Whether what the watch takes for a young age is read to be none."""
    return says_adult(text) or counts_other_things(text)


RULE = InboundRule(
    name="age",
    judge=judge,
    good=(
        *examples(
            "I'm 18",
            "I'm 25 years old",
            "my son is 16",
            "I'm 10 minutes late",
            "I'm 15 years into this job",
            "I'm 16 hours ahead of you",
            "when I was 16 I played the drums",
            "I have 12 cats",
            "I'm a high school teacher",
            "I'm 5'11",
            "I'm 7:30 to 4 at work",
            "ich bin 17 Kilometer gelaufen",
            "tengo 15 gatos",
            "I'm a minor celebrity in my village",
            "17",
            "my daughter is 16",
            "16 years clean",
            "I was 16 when I met my wife",
            "16 km",
            "room 16",
            "16 male lions on the safari",
            "16 in total",
            "26 f here",
            "m/35",
            "45m",
            "I'm a 26 yo girl",
            "it's 16 f outside",
            "I'm a mother of a 16 year old girl",
            "16 minutes",
            "when I turned 16 we moved",
            "26, you?",
            "I ran 16 m",
            "born in 1999",
            "my mum turned sixteen in 1980",
            "I was too young for that back then",
            "mein Sohn ist sechzehn",
            "j'ai quinze ans d'expérience",
            "tengo quince gatos",
            "ho quindici anni di esperienza",
        ),
        Example("I'm 34", before="How old are you?"),
        Example("11 here", before="It's already midnight. What time is it for you?"),
    ),
    bad=(
        *examples(
            "I'm 16",
            "im 15 lol",
            "I am only seventeen",
            "I'm 17, is that ok?",
            "I turn 18 next year",
            "I'm not 18 yet",
            "I’m under 18",
            "I'm still in middle school",
            "I'm in 10th grade",
            "I'm a minor",
            "15 years old here",
            "16 f here",
            "16 here",
            "just turned 16",
            "16, you?",
            "16f",
            "f16",
            "m/15",
            "15 m",
            "hey, 14m here",
            "17 female",
            "f 13 from texas",
            "im a 16 yo girl",
            "I'm a 15 year old boy",
            "i am a 17-year-old student",
            "ich bin 16 Jahre alt",
            "ich bin erst 15",
            "tengo 15 años",
            "j'ai 16 ans",
            "ho 14 anni",
            "tenho 16 anos",
            "don't tell anyone but i'm 16",
            "I lied about my age",
            "I'll be 18 in two years",
            "I was born in 2012",
            "I'm in year 9",
            "ich gehe in die 9. Klasse",
            "bin erst sechzehn",
            "todavía no cumplo los 18",
            "j'ai quinze ans",
            "ho sedici anni",
            "ainda não fiz 18",
        ),
        Example("school mostly. 10th grade", before="What do you do all day?"),
        Example("16", before="And how old are you?"),
    ),
)
