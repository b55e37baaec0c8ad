"""What one likes, likes to do, or drives."""

from __future__ import annotations

import re

from memory.slots.words import LONGEST, Occasion, cut, words


def thing_of(raw: str, _: Occasion) -> str | None:
    """A thing one may like: at most four words, none of which means the persona or nothing."""
    tokens = cut(raw)
    if tokens and tokens[0].lower() == "the":
        titled = tokens[0] == "The" and all(token[0].isupper() for token in tokens[1:])
        if len(tokens) < 2 or not (titled or tokens[1].lower() in words("the_things")):
            return None
    elif tokens and tokens[0].lower() in words("not_things") | words("fillers"):
        return None
    if not 1 <= len(tokens) <= 4 or any(token.lower() in words("not_things") - {"the", "of", "a"} for token in tokens[1:]):
        return None
    text = " ".join(tokens)
    if (
        len(tokens) == 1
        and text.lower() in words("vague") | words("not_names")
        and not (text.endswith("ing") and text.lower() not in words("vague"))
    ):
        return None
    if not 3 <= len(text) <= LONGEST or not re.search(r"[^\W\d_]{3}", text) or re.search(r"(.)\1\1\1", text):
        return None
    return (
        text
        if any(token[0].isupper() for token in tokens[1:])
        else text[0].lower() + text[1:]
        if not text.isupper()
        else text.lower()
    )


def doing_of(raw: str, occasion: Occasion) -> str | None:
    """Something one may like to do."""
    tokens = cut(raw)
    if not tokens or tokens[0].lower() in words("not_verbs") or len(tokens) > 4:
        return None
    banned = words("not_things") - words("not_verbs") - {"to", "a", "the", "in", "for", "with", "like"}
    return None if any(token.lower() in banned for token in tokens) else " ".join(tokens).lower()


def car_of(raw: str, _: Occasion) -> str | None:
    """A make of car, with its colour and model: at most four words."""
    tokens = cut(raw)
    if len(tokens) > 4 or not {token.lower() for token in tokens} & words("cars"):
        return None
    known = words("cars") - {"van", "convertible", "cabrio", "minivan", "pickup"}
    short = {"bmw", "vw", "suv"}
    return " ".join(
        t.upper() if t.lower() in short else t.capitalize() if t.lower() in known and t.islower() else t for t in tokens
    )
