"""Relations and pets. No relation tells whom the fan loves: a husband is a partner here."""

from __future__ import annotations

from memory.slots.words import Occasion

_PARTNER = {"husband", "wife", "girlfriend", "boyfriend", "partner", "fiance", "fiancé", "fiancée", "fiancee"}
_CHILDREN = {"son", "daughter", "kid", "kids", "child", "children", "sons", "daughters"}
_PARENTS = {"mom", "mum", "mother", "dad", "father"}
_PLURAL = {"siblings", "brothers", "sisters", "sons", "daughters"}
_PLAIN = {"mom": "mother", "mum": "mother", "dad": "father", "grandma": "grandmother", "grandpa": "grandfather", "kid": "child"}


def relation_of(raw: str, _: Occasion) -> str | None:
    """A relation, without name, and so that it tells nothing of whom the fan loves."""
    raw = raw.lower()
    if raw in _PARENTS:
        return None
    return "partner" if raw in _PARTNER else "children" if raw in _CHILDREN else raw


def close_of(raw: str, _: Occasion) -> str | None:
    """Somebody close whose name is told: no "wife" and no "husband", so that it tells nothing of whom the fan loves."""
    raw = raw.lower()
    return "partner" if raw in _PARTNER else "children" if raw == "kids" else _PLAIN.get(raw, raw)


def kin_of(raw: str, occasion: Occasion) -> str | None:
    """A relation in the rule's language, so that it tells nothing of whom the fan loves."""
    known = occasion.terms.get("kin", {}).get(raw.lower())
    return close_of(known, occasion) if known else None


def pet_of(raw: str, occasion: Occasion) -> str | None:
    """A kind of pet, in English."""
    return occasion.pets.get(raw.lower())


def with_article(text: str) -> str:
    """Put "a" or "an" before a word that stands for one."""
    if text in _PLURAL or text == "children":
        return text
    return f"an {text}" if text[0] in "aeiou" else f"a {text}"
