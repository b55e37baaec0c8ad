"""Say only what is so: no pack "sent" that was not staged, no price that no tool gave, no discount."""

from __future__ import annotations

import re
from decimal import Decimal

from agents.policy.rule import Reply, ReplyRule

_SENT = re.compile(
    r"\bi(?:'ve| have)?(?: just)? (?:sent|unlocked|attached|uploaded|dropped)\b(?!.*\b(?:home|to bed|a letter|a postcard)\b)|"
    r"\bhere(?:'s| is| are) (?:your|the|a|my|some) (?:pack|pics?|pictures?|photos?|set|video)\b|"
    r"\b(?:pack|pics?|photos?) (?:is|are) (?:now )?(?:unlocked|yours|on (?:its|their) way)\b",
    re.I,
)
_DISCOUNT = re.compile(r"\b\d{1,2} ?% off\b|\b(?:half price|for free just for you|special discount|promo code)\b", re.I)

_UNITS = {
    "USD": r"\$|usd\b|(?:dollar|buck)s?\b",
    "EUR": r"€|eur\b|euros?\b",
    "GBP": r"£|gbp\b|pounds?\b",
    "XTR": r"⭐\ufe0f?|xtr\b|stars?\b",
}
_CODES = {"USD": r"\$|\busd", "EUR": r"€|\beur", "GBP": r"£|\bgbp", "XTR": r"⭐\ufe0f?|\bxtr"}
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {name: value for value, name in enumerate([*_ONES, *_TEENS], 1)}
_WORDS |= {name: 10 * value for value, name in enumerate(_TENS, 2)}
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_SPELLED = rf"\b(?:{'|'.join(_WORDS)})(?:[ -](?:{'|'.join(_ONES)}))?\b"
_PRICES = {
    unit: re.compile(
        rf"(?:{_CODES[unit]})\s?(?P<after>{_NUMBER})"
        rf"|(?<![\d.,])(?P<before>{_NUMBER})[\s-]?(?:{spelling})"
        + (rf"|(?P<spelled>{_SPELLED})[\s-](?:{spelling})" if unit != "XTR" else ""),  # "two stars over the bay" is no price
        re.I,
    )
    for unit, spelling in _UNITS.items()
}


def find_prices(text: str) -> dict[tuple[Decimal, str], str]:
    """Return the amounts of money in a text: (amount in whole units, unit) → the words that name it."""
    return {(_read(match), unit): match[0].strip() for unit, pattern in _PRICES.items() for match in pattern.finditer(text)}


def _read(match: re.Match[str]) -> Decimal:
    found = match.groupdict()
    if found.get("spelled"):
        return Decimal(sum(_WORDS[word] for word in re.split(r"[ -]", found["spelled"].lower())))
    whole, _, cents = re.sub(r"[.,](\d{1,2})$", r"|\1", found["after"] or found["before"]).partition("|")
    return Decimal(f"{re.sub('[.,]', '', whole)}.{cents or 0}")


def judge(reply: Reply) -> str | None:
    """Refuse promises and numbers that nothing staged stands behind."""
    if not reply.packs and _SENT.search(reply.text):
        return "The reply claims that something was sent, but nothing was."
    if _DISCOUNT.search(reply.text):
        return "The reply promises a discount."
    known = find_prices("\n\n".join([*(str(pack.price) for pack in reply.packs), *reply.tool_answers]))
    made_up = next((words for price, words in find_prices(reply.text).items() if price not in known), None)
    return f"The reply names a price that no tool gave ({made_up})." if made_up else None


RULE = ReplyRule(
    name="claims",
    judge=judge,
    good=(
        "I painted five bowls today.",
        "Sent my brother home with soup.",
        "The stars were out, all of them.",
        "Two stars over the bay tonight.",
        "I've 8 bowls in the kiln.",
        "You sent me something!",
    ),
    bad=(
        "I just sent you the pack, enjoy!",
        "Here are your pictures 😘",
        "It's only $5 for you.",
        "That'll be 200 stars.",
        "13,99 € and it's yours.",
        "USD 5, love.",
        "Just five dollars.",
        "Twenty-five bucks!",
        "I'll give you 20% off.",
        "The pack is unlocked now.",
    ),
)
