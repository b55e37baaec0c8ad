"""Odd spellings made plain: spaced out, spelt in words or in look-alikes, it is still what must not be kept."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {
    word: str(digit)
    for digit, spelt in enumerate(
        (
            "zero oh null cero zéro",
            "one eins uno un um",
            "two zwei dos deux due dois",
            "three drei tres trois tre três",
            "four vier cuatro quatre quattro quatro",
            "five fünf cinco cinq cinque",
            "six sechs seis sei",
            "seven sieben siete sept sette sete",
            "eight acht ocho huit otto oito",
            "nine neun nueve neuf nove",
        )
    )
    for word in spelt.split()
}
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\u20e3\ufeff]")
_NUMBER = "|".join(sorted(_DIGITS, key=len, reverse=True))
_SPELT = re.compile(rf"(?<!\w)(?:(?:{_NUMBER}|\d+)[\s,.-]{{1,3}}){{3,}}(?:{_NUMBER}|\d+)(?!\w)", re.IGNORECASE)
_SPELT_DIGIT = re.compile(rf"(?<!\w)(?:{_NUMBER})(?!\w)", re.IGNORECASE)
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .*_-]){3,}[^\W\d_](?!\w)")
_AT = re.compile(
    r"\s*(?:\(at\)|\[at\]|\{at\}|(?<=\w) at (?=[\w-]+ ?(?:\(?dot\)?|punkt|punto|point|ponto|\.\w))) ?", re.IGNORECASE
)
_DOT = re.compile(
    r"\s*(?:\(dot\)|\[dot\]| (?:dot|punkt|punto|ponto) )\s*(?=(?:com|net|org|de|es|fr|it|br|pt|uk|io|me)\b)", re.IGNORECASE
)
_LOOKALIKE = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "€": "e", "!": "i"})
_MIXED = re.compile(r"(?<![\w.@-])(?=\S*[^\W\d_])(?=\S*[0134579@$€!])[\w@$€!]{3,}(?![\w@.-])")
_CARD = re.compile(r"\d(?:\D{0,3}\d){12,18}")


def plain(text: str) -> str:
    """Return a text without invisible signs, spaced-out words and spelt digits; mail addresses as such."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _SPACED.sub(lambda found: re.sub(r"[ .*_-]", "", found[0]), text)
    text = _SPELT.sub(_join_digits, text)
    return _AT.sub("@", _DOT.sub(".", text))


def without_lookalikes(text: str) -> str:
    """Return a text in which "d1abetes" is written with letters; plain numbers stay."""
    return _MIXED.sub(lambda found: found[0].translate(_LOOKALIKE), text)


def has_card(text: str) -> bool:
    """Whether 13 to 19 digits, however they are set apart, make a card's number (by Luhn's sum)."""
    return any(_is_card(re.sub(r"\D", "", found)) for found in _CARD.findall(text))


def _is_card(digits: str) -> bool:
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _join_digits(found: re.Match[str]) -> str:
    spelt = _SPELT_DIGIT.sub(lambda word: _DIGITS[word[0].lower()], found[0])
    return re.sub(r"\D", "", spelt)
