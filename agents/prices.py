"""Amounts of money in a text, in figures and in English words."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {
    "USD": r"\$|usd\b|(?:dollar|buck)s?\b",
    "EUR": r"€|eur\b|euros?\b",
    "GBP": r"£|gbp\b|pounds?\b",
    "XTR": r"⭐\ufe0f?|xtr\b|stars?\b(?! (?:rest|hotel|din|rev|rat|est|place))",
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
