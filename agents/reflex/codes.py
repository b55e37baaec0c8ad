"""Which promo code a fan names, if any: behind a word for one, by its looks, or as a word that is one of the agency's codes."""

from __future__ import annotations

import re
from collections.abc import Collection

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
_ALONE = re.compile(r"[A-Za-z]{3,}[A-Za-z_-]*\d[A-Za-z0-9_-]*|(?=[^A-Z]*[A-Z])(?=\D*\d)[A-Z0-9-]{5,}")
"""What is a code where nothing else is said: letters and then digits, in any case, or capitals and digits mixed."""
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_TOKEN = re.compile(r"[^\W_][\w-]{2,63}")


def find_code(text: str) -> str | None:
    """Return the code that a text names: "my code is spring10", "SPRING-10"; not the next plain word of "a code for me"."""
    for match in _NAMED.finditer(text):
        if not _PLAIN.fullmatch(match["named"]):
            return match["named"]
    found = _LOOKS.search(text)
    return found[0] if found else _alone(text)


def is_code(text: str) -> bool:
    """Say whether a text is nothing but something that is written like a code: "EVENING20", "evening20!"."""
    return _alone(text) is not None


def list_possible(text: str) -> list[str]:
    """Return words of a text that are a code if the agency has one of that name: all there is, or not written as words are."""
    bare, tokens = _EDGES.sub("", text), _TOKEN.findall(text)
    if _TOKEN.fullmatch(bare):
        return [bare]
    named = [match["named"] for match in _NAMED.finditer(text)]
    odd = [
        token for token in tokens if not token.isdigit() and (re.search(r"\d", token) or (token.isupper() and len(token) > 3))
    ]
    return list(dict.fromkeys((*named, *odd)))


def find_standing(text: str, standing: Collection[str]) -> str | None:
    """Return the word of a text that is one of some codes, which are in capitals."""
    return next((word for word in list_possible(text) if word.upper() in standing), None)


def _alone(text: str) -> str | None:
    bare = _EDGES.sub("", text)
    return bare if len(bare) <= 64 and _ALONE.fullmatch(bare) else None
