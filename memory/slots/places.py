"""Towns and countries."""

from __future__ import annotations

from memory.slots.words import Occasion, cut, words


def place_of(raw: str, _: Occasion) -> str | None:
    """A town or country of at most three words."""
    tokens = cut(raw)
    article = bool(tokens) and tokens[0].lower() == "the"
    if article:
        tokens = tokens[1:]
        if not tokens or tokens[0].lower() not in words("the_places"):
            return None
    if tokens == ["Nice"]:  # the town; "a nice place" is none
        return "Nice"
    if not 1 <= len(tokens) <= 3 or tokens[0].lower() in words("not_places") | words("not_things"):
        return None
    if any(any(c.isdigit() for c in token) for token in tokens) or (len(tokens) == 3 and tokens[0].islower()):
        return None
    if tokens[0].lower() == "new" and " ".join(tokens[1:2]).lower() not in words("after_new"):
        return None
    small = {"de", "do", "da", "del", "di", "am", "upon", "sur", "an", "der"}
    shown = [
        t.upper() if t.lower() in words("capitals") else t if not t.islower() or t in small - {tokens[0]} else t.capitalize()
        for t in tokens
    ]
    return ("the " if article else "") + " ".join(shown)


def capital_place(raw: str, occasion: Occasion) -> str | None:
    """A town or country after a word that may lead elsewhere ("sono di fretta"): only with a capital."""
    return place_of(raw, occasion) if raw[:1].isupper() else None
