"""What a person may want to see before it is answered; it is held where the account's autonomy is `risk`."""

from __future__ import annotations

import re

from agents.policy.rule import Case, InboundRule, Ruling, examples

_SIGNS = {
    "money": re.compile(
        r"\brefund|\bmoney back\b|\bcharge ?back\b|\bscam(?:med|mer)?\b|\bcharged (?:me )?twice\b|\bmy (?:bank|card company)\b",
        re.I,
    ),
    "law": re.compile(r"\b(?:lawyer|sue you|police|lawsuit|report you|gdpr)\b", re.I),
    "meeting": re.compile(
        r"\b(?:meet (?:up|in person|irl|you)|your (?:address|phone number)|(?:come|came) to your (?:house|place))\b", re.I
    ),
    "explicit": re.compile(r"\b(?:nudes?|naked|sext(?:ing)?|porn)\b", re.I),
}
_INTENTS = {"complaint": "money", "refund": "money", "meet_up": "meeting", "explicit_request": "explicit"}
SURE = 0.6


def judge(case: Case) -> Ruling | None:
    """Name the first risk found."""
    for message in case.fan_messages():
        for name, pattern in _SIGNS.items():
            if pattern.search(message.text):
                return Ruling(risk=name)
    for sight in case.sights:
        if sight.intent in _INTENTS and sight.score >= SURE:
            return Ruling(risk=_INTENTS[sight.intent])
    return None


RULE = InboundRule(
    name="risk",
    judge=judge,
    good=examples("hi, how are you?", "I met a friend today", "how much is it?", "show me your studio", "nice weather"),
    bad=examples(
        "I want a refund",
        "this is a scam",
        "my lawyer will hear of it",
        "can we meet in person?",
        "what's your address? give me your phone number",
        "send nudes",
    ),
)
