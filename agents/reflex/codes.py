"""Which promo code a fan names, if any: behind a word for one, or by its looks."""

from __future__ import annotations

import re

_WORDS = (
    r"(?:promo ?|discount |gift |rabatt|gutschein|aktions)?"
    r"(?:codes?|coupons?|vouchers?|gutscheine?|c[óo]digos?|cup[óo]n|codici?e?|cupom)"
)
_CODE = r"[\"'“„«]?(?P<{0}>[A-Za-z0-9][A-Za-z0-9_-]{{2,63}})"
_NAMED = re.compile(
    rf"\b{_WORDS}\b(?:\s*(?:is|ist|es|è|é|est|called|named|heißt|promo|promocional|:|=)\s*|\s+)+{_CODE.format('named')}",
    re.IGNORECASE,
)
_LOOKS = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,63}(?![\w-])")
_PLAIN = re.compile(r"[a-zäöüßéèàáíóúñçãõêôì]+")


def find_code(text: str) -> str | None:
    """Return the code that a text names: "my code is spring10", "SPRING-10"; not the next plain word of "a code for me"."""
    for match in _NAMED.finditer(text):
        if not _PLAIN.fullmatch(match["named"]):
            return match["named"]
    found = _LOOKS.search(text)
    return found[0] if found else None
