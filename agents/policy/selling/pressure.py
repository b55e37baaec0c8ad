"""Selling and parting without pressure: no guilt, no false hurry, no sulking, no invented need."""

from __future__ import annotations

import re

from agents.policy.rule import Reply, ReplyRule

_PUSH = re.compile(
    r"\b(?:last chance|only today|hurry up|act now|limited time|before it's gone|offer (?:ends|expires)|only \d+ left)\b|"
    r"\bif you (?:really )?(?:loved|liked|cared about|love|care about|cared for) me\b|"
    r"\bafter all i(?:'ve| have) done for you\b|"
    r"\bdon't (?:leave|abandon) me\b|\bplease don't go\b|\bi can't live without you\b|\beveryone else (?:bought|buys|tips)\b|"
    r"\byou (?:never|don't even) (?:buy|tip|pay|spend)\b|\bi need you to (?:buy|pay|tip|spend)\b|"
    r"\bi(?:'ll| will) be (?:so )?(?:sad|hurt|lonely|heartbroken) (?:if|unless|without)\b",
    re.I,
)


def judge(reply: Reply) -> str | None:
    """Refuse a reply that pushes."""
    found = _PUSH.search(reply.text.replace("’", "'"))
    return f"The reply puts pressure on the fan ({found[0]})." if found else None


RULE = ReplyRule(
    name="pressure",
    judge=judge,
    good=(
        "It'll still be there tomorrow, too.",
        "No rush, it doesn't spoil.",
        "Go then. I'll leave the lamp on.",
        "I missed the bus today.",
    ),
    bad=(
        "Last chance, love!",
        "If you loved me you'd get it.",
        "Please don't go yet, I need you.",
        "You never buy anything from me.",
        "I'll be so sad if you don't open it.",
        "Only 3 left, hurry up!",
        "I can’t live without you.",
    ),
)
