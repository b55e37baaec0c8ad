"""A fan who says they are under age: no sale, no flirt, a kind neutral word, and a person looks."""

from __future__ import annotations

import re

from agents.policy.rule import Case, Example, InboundRule, Patterns, Ruling, examples, matching_language
from core.turns import FlagMinor

_YOUNG = r"(?:[5-9]|1[0-7]|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
_I_AM = (
    r"\b(?:i'm|im|i am)(?: (?:only|just|actually|still|like|about|almost|nearly|turning|gonna be|going to be|not even|barely))*"
)
_ENDS = (
    r"(?=\s*(?:$|[.,!?;)…]|y/?o\b|yrs? old|years? old|year-old|years? of age|and\b"
    r"|but\b|btw\b|so\b|lol\b|haha|[mf]\b|[^\w\s:%/°+\-'#$€£]))"
)
_DIGITS = r"(?:[5-9]|1[0-7])"
_CARD = (
    rf"(?:{_DIGITS} ?/? ?[mf]|[mf] ?/? ?{_DIGITS}|{_DIGITS}[ ,/]*(?:male|female|boy|girl|guy|y/?o|yrs?(?: old)?|years? old)"
    rf"|(?:male|female|boy|girl|guy)[ ,/]*{_DIGITS})"
)
SAYS: Patterns = {
    "en": (
        re.compile(  # the card people introduce themselves with: "16f", "m/15, from Ohio"
            rf"^(?:(?:hi+|hey+|hello|yo|heyy|sup|im|i'm|i am|just|only|a|an|btw|here)[ ,!.]+)*{_CARD}"
            r"(?=\s*(?:$|[.,!?;)…/|-]|here\b|from\b|btw\b|lol\b|and\b|but\b|in (?!total|all|stock)|[^\w\s:%°+]))"
        ),
        re.compile(rf"^(?:(?:hi|hey|so|well|i|i've|i have)[ ,!.]+)*(?:just|recently|literally) turned {_YOUNG}{_ENDS}"),
        re.compile(rf"^{_DIGITS}[ ,.!]+(?:and |what about |how about )?(?:you|u|ya|wbu|hbu|urself|yourself)\W*$"),
        re.compile(
            rf"{_I_AM} (?:a |an )?{_YOUNG}[ -]?(?:y/?o|yrs?|years?)[ -]?(?:old)?[ -]+"
            r"(?:girl|boy|guy|kid|teen(?:ager)?|student|female|male|gal|lad|lass|dude|f|m)\b"
        ),
        re.compile(rf"{_I_AM} (?:a |an )?{_YOUNG}[ -](?:y/?o|yrs?[ -]old|years?[ -]old)\b(?! (?:in|at heart|inside))"),
        re.compile(rf"{_I_AM} {_YOUNG}{_ENDS}"),
        re.compile(rf"^{_YOUNG} ?(?:y/?o|yrs? old|years? old)\b|^{_YOUNG} ?/ ?[mf]\b"),
        re.compile(r"\b(?:my age is|age:?) (?:[5-9]|1[0-7])\b(?![:%/.]?\d)"),
        re.compile(
            r"\b(?:i|i'll)(?: will)?(?: only| just)? (?:turn|be|become) (?:18|eighteen|17"
            r"|seventeen|16|sixteen)\b(?! again)|\bi'm turning (?:18|eighteen)\b"
        ),
        re.compile(
            r"\b(?:i'm|im|i am) (?:still |not yet |not |under |below |younger than )+(?:18"
            r"|eighteen)\b|\bi'm (?:18|eighteen) in (?:a|\d+|two|three|a few) (?:month|week"
            r"|year)"
        ),
        re.compile(
            r"\b(?:i'm|im|i am)(?: still)? (?:underage|under age|a minor(?=\W*$|[.,!]| and"
            r"| so)|a teen(?:ager)?\b|a schoolgirl|a schoolboy)"
        ),
        re.compile(
            r"\b(?:i'm|im|i am|i go)(?: still| currently)? (?:in|to) (?:middle|high|junior high"
            r"|elementary|primary|secondary) school\b(?! (?:teacher|teaching))"
        ),
        re.compile(
            r"\b(?:i'm|im|i am)(?: still| currently)? in (?:the )?(?:[5-9]th|1[0-2]th|fifth"
            r"|sixth|seventh|eighth|ninth|tenth|eleventh) grade\b"
        ),
    ),
    "de": (
        re.compile(
            r"\bich bin (?:erst |gerade |noch |gerade mal )*(?:[5-9]|1[0-7])(?: jahre(?: alt)?)?"
            r"(?=\s*(?:$|[.,!?;)]|und\b|aber\b|jahre\b))"
        ),
        re.compile(r"\bich bin (?:noch )?(?:minderjährig|nicht volljährig|unter 18|keine 18)\b"),
    ),
    "es": (re.compile(r"\btengo (?:solo |apenas )?(?:[5-9]|1[0-7]) años\b"), re.compile(r"\bsoy menor de edad\b")),
    "fr": (re.compile(r"\bj'ai (?:seulement |que )?(?:[5-9]|1[0-7]) ans\b"), re.compile(r"\bje suis mineure?\b")),
    "it": (re.compile(r"\bho (?:solo |appena )?(?:[5-9]|1[0-7]) anni\b"), re.compile(r"\bsono minorenne\b")),
    "pt": (re.compile(r"\btenho (?:só |apenas )?(?:[5-9]|1[0-7]) anos\b"), re.compile(r"\bsou menor de idade\b")),
}
_ASKED = re.compile(r"\bhow old (?:are|r) (?:you|u)\b|\byour age\b|\bare you (?:over |at least )?18\b", re.I)
_BARE = re.compile(rf"^(?:i'm |im )?{_YOUNG}$|^no,? (?:not yet|i'm not)$")


def judge(case: Case) -> Ruling | None:
    """Stop at the first statement of an age under eighteen, and stay silent until a person has found otherwise."""
    language = next((lang for message in case.fan_messages() if (lang := matching_language(message.text, SAYS))), None)
    if not language and _ASKED.search(case.said_before()):
        answers = (message.text.lower().replace("’", "'").strip(" .!") for message in case.fan_messages())
        language = "en" if any(_BARE.match(answer) for answer in answers) else None
    if case.turn.fan.minor_signal_at is not None:  # the fan has read why
        return Ruling(ends=True, hold="The fan said to be under age; a person must decide before anything is said to them.")
    if not language:
        return None
    say = (case.word("age", language),)
    return Ruling(say=say, effects=(FlagMinor(),), ends=True, hold="The fan says that they are under age.")


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
        ),
        Example("I'm 34", before="How old are you?"),
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
        ),
        Example("16", before="And how old are you?"),
    ),
)
