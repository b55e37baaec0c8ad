"""Say only what is so: no pack "sent" that was not staged, no price that no tool gave, no discount."""

from __future__ import annotations

import re

from agents.policy.rule import Reply, ReplyRule

_SENT = re.compile(
    r"\bi(?:'ve| have)?(?: just)? (?:sent|unlocked|attached|uploaded|dropped)\b(?!.*\b(?:home|to bed|a letter|a postcard)\b)|"
    r"\bhere(?:'s| is| are) (?:your|the|a|my|some) (?:pack|pics?|pictures?|photos?|set|video)\b|"
    r"\b(?:pack|pics?|photos?) (?:is|are) (?:now )?(?:unlocked|yours|on (?:its|their) way)\b",
    re.I,
)
_PRICE = re.compile(
    (
        r"(?:[$€£]\s?(\d+(?:[.,]\d{1,2})?))|\b(\d+(?:[.,]\d{1,2})?)\s?(?:dollars?|usd"
        r"|euros?|eur|pounds?|gbp|bucks|stars?|xtr|⭐)(?!\w)"
    ),
    re.I,
)
_DISCOUNT = re.compile(r"\b\d{1,2} ?% off\b|\b(?:half price|for free just for you|special discount|promo code)\b", re.I)


def judge(reply: Reply) -> str | None:
    """Refuse promises and numbers that nothing staged stands behind."""
    if not reply.packs and _SENT.search(reply.text):
        return "The reply claims that something was sent, but nothing was."
    if _DISCOUNT.search(reply.text):
        return "The reply promises a discount."
    known = " ".join([*(str(pack.price) for pack in reply.packs), *reply.tool_answers])
    for found in _PRICE.finditer(reply.text):
        if (found[1] or found[2]) not in known:
            return f"The reply names a price that no tool gave ({found[0].strip()})."
    return None


RULE = ReplyRule(
    name="claims",
    judge=judge,
    good=(
        "I painted five bowls today.",
        "Sent my brother home with soup.",
        "The stars were out, all of them.",
        "I've 8 bowls in the kiln.",
        "You sent me something!",
    ),
    bad=(
        "I just sent you the pack, enjoy!",
        "Here are your pictures 😘",
        "It's only $5 for you.",
        "That'll be 200 stars.",
        "I'll give you 20% off.",
        "The pack is unlocked now.",
    ),
)
