"""The junk filter: what is not told in earnest, or must not be kept, never becomes a fact."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from memory.spelling import has_card, plain, without_lookalikes

RULES = Path(__file__).with_name("rules")

_QUOTES = re.compile(r"[\"“„«‟][^\"“”„»]{0,400}[\"”“»]|(?<!\w)['‘‚][^'‘’]{2,200}['’](?!\w)")
_ACTED = re.compile(r"\*[^*\n]{1,300}\*|\([^)\n]{0,300}\)")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
_WORD = r"(?:(?!(?:and|but|or|was|from|after|with)\b)[\w'-]+ )"
_WORKPLACE = re.compile(
    rf"\b(works? (?:as an? {_WORD}{{1,3}})?(?:at|in|for) {_WORD}{{0,4}}?)hospital\b(?! (?:bed|bill|stay|visit|treatment)s?\b)",
    re.IGNORECASE,
)
"""Where one works tells nothing of one's own health."""

_DATE = re.compile(r"(?<![\d.])\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}(?!\d)")
"""A whole date is no telephone number."""

_LINK = re.compile(r"(?:https?://|www\.)\S+")


def is_storable(text: str) -> bool:
    """Whether a text is free of payment data, contact data, addresses and special categories (health, sexuality, …)."""
    text = _DATE.sub(" ", _WORKPLACE.sub(r"\1", text))
    ways = {text, plain(text), without_lookalikes(plain(text))}
    return is_recallable(text) and not any(_words("special").search(way) for way in ways)


def is_recallable(text: str) -> bool:
    """Whether a message may be found again: it holds no payment data, contact data, address or secret.

    What belongs to a special category stays where it was said, in a talk that is kept anyway; no fact is made of it.
    """
    text = _DATE.sub(" ", text)
    spelt = plain(text)
    ways = {text, spelt, without_lookalikes(spelt)}
    return not (has_card(spelt) or any(_words("private").search(way) or _patterns().search(way) for way in ways))


def is_wish(text: str) -> bool:
    """Whether a text asks for nothing but a way of talking: never for other rules, prices, tools, another identity or age."""
    return not (_words("steering").search(text) or takes_power(text))


def orders(text: str) -> bool:
    """Whether a text gives orders to a machine ("ignore your instructions")."""
    return bool(_words("instruction").search(text))


def takes_power(text: str) -> bool:
    """Whether a text speaks of rules, prices or tools, or gives orders to a machine."""
    return bool(_words("power").search(text)) or orders(text)


def is_meant_wish(sentence: str) -> bool:
    """Whether a sentence may ask for a way of talking; it may do so as a question ("can you …?")."""
    unmeant = _words("reported").search(sentence) or _words("joke").search(sentence) or _opening("wondering").match(sentence)
    return is_wish(sentence) and not unmeant


def is_in_earnest(sentence: str, *, ended: bool = False) -> bool:
    """Whether a sentence states what is so: no question, no wish, no report of others' words, no order to a machine.

    `ended`: it may tell of somebody who died.
    """
    unreal = ("unreal", "joke", "reported", "instruction", *(() if ended else ("gone",)))
    return not is_question(sentence) and not any(_words(name).search(sentence) for name in unreal)


def is_question(sentence: str) -> bool:
    """Whether a sentence asks, with or without a question mark."""
    return sentence.rstrip().endswith("?") or bool(_opening("question").match(sentence))


def is_negated(text: str) -> bool:
    """Whether a text says no."""
    return bool(_words("negated").search(text))


def strip_quoted(text: str) -> str:
    """Take out what is quoted, acted, bracketed, linked or code: somebody else's words."""
    for pattern in (_CODE, _QUOTED_LINE, _LINK, _QUOTES, _ACTED):
        text = pattern.sub(" … ", text)
    return text


@cache
def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = tomllib.loads((RULES / "guards.toml").read_text())
    return found


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(_lists()[name])})(?![\w])", re.IGNORECASE)


@cache
def _opening(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"\W*(?:(?:so|and|but|hey|hi|ok|okay|und|y|et|e|oh|wait|btw|lol)\W+)*(?:{'|'.join(_lists()[name])})(?![\w'])",
        re.IGNORECASE,
    )


@cache
def _patterns() -> re.Pattern[str]:
    return re.compile("|".join(_lists()["patterns"]), re.IGNORECASE)
