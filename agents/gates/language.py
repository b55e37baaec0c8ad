"""Answer in the fan's language, or at least in one of the persona's. A word of another is fine."""

from __future__ import annotations

import re

from agents.gates.claims.lexicon import find_concepts
from agents.gates.gate import Breach, Draft, Example, Gate, plain
from memory.languages import find_language

NAME = "language"
SURE = 0.97
FAN_SURE = 0.9
LEAST_LETTERS, LEAST_WORDS = 24, 5
"""A shorter text tells too little."""

CODES = {
    "english": "en", "german": "de", "spanish": "es", "french": "fr", "italian": "it", "portuguese": "pt", "dutch": "nl",
    "russian": "ru", "polish": "pl", "japanese": "ja", "chinese": "zh", "korean": "ko", "arabic": "ar", "turkish": "tr",
    "greek": "el", "swedish": "sv",
}  # fmt: skip
NAMES = {code: name.capitalize() for name, code in CODES.items()}
COMMON = (
    "en",
    "de",
    "es",
    "fr",
    "it",
    "pt",
    "nl",
    "sv",
    "pl",
    "tr",
    "ru",
    "uk",
    "el",
    "ar",
    "he",
    "hi",
    "ja",
    "ko",
    "zh",
    "th",
    "vi",
    "id",
    "cs",
    "da",
    "fi",
    "hu",
    "no",
    "ro",
)
"""Languages that a reply is held against."""

_NO_WORDS = re.compile(r"https?://\S+|[@#]\w+|[^\w\s'’-]+|\d+")


def judge(draft: Draft) -> Breach | None:
    """Find a reply that is surely in a language which nobody here asked for."""
    found = language_of(draft.text, SURE)
    if found is None:
        return None
    right = expected(draft)
    if not right or found in right:
        return None
    wanted = NAMES.get(right[0], right[0])
    return Breach(
        gate=NAME,
        cause=f"The reply is in {NAMES.get(found, found)}, not in {wanted}.",
        advice=f"Answer in {wanted}.",
        weight=2.0,
    )


def expected(draft: Draft) -> list[str]:
    """Return the languages in which a reply is right, the best first; empty where nothing is known.

    A fan whose language the persona does not speak may be answered in one that it does.
    """
    spoken = [code.split("-")[0].lower() for code in draft.persona.languages]
    named = [CODES[name] for name in sorted(find_concepts("tongue", plain(" ".join(draft.heard)))) if name in CODES]
    fans = language_of(" ".join(draft.heard), FAN_SURE) or language_of(" ".join((*draft.heard_before, *draft.heard)), FAN_SURE)
    if fans is None:
        told = [draft.fan_language.split("-")[0].lower()] if draft.fan_language else []
        return [*told, *spoken, *named]
    return [fans, *named] if fans in spoken else [fans, *spoken, *named]


def language_of(text: str, sure: float) -> str | None:
    """Return the language of a text that is long enough to tell."""
    words = _NO_WORDS.sub(" ", text).split()
    letters = sum(map(len, words))
    wide = any(ord(sign) > 0x2E80 for sign in text)  # scripts without blanks say much in few signs
    if not wide and (letters < LEAST_LETTERS or len(words) < LEAST_WORDS):
        return None
    return find_language(" ".join(words), COMMON, sure)


GATE = Gate(
    name=NAME,
    hard=False,
    judge=judge,
    good=(
        Example("The press is warm and the paper smells of rain today.", heard=("What are you doing in the workshop today?",)),
        Example("Servus!", heard=("What are you doing in the workshop today?",)),
        Example("Saudade, as they say here, is a whole library of longing.", heard=("What is that word you like so much?",)),
        Example(
            "Heute klebe ich Buchrücken und höre dem Regen zu.", heard=("Was machst du heute in der Werkstatt, meine Liebe?",)
        ),
        Example("Hoje o papel cheira a chuva e a cola demora.", heard=("Can you say that in Portuguese for me please?",)),
        Example("I read your words twice, and then once more.", heard=("ok",)),
    ),
    bad=(
        Example(
            "The press is warm and the paper smells of rain today.",
            heard=("Was machst du heute in der Werkstatt, meine Liebe?",),
        ),
        Example("Heute klebe ich Buchrücken und höre dem Regen zu.", heard=("What are you doing in the workshop today?",)),
        Example("今天我在工作室里装订书籍，雨声很好听。", heard=("What are you doing in the workshop today?",)),
    ),
)
