"""What one does for a living, studies, or runs, and where."""

from __future__ import annotations

import re

from memory.slots.things import thing_of
from memory.slots.words import Occasion, cut, words


def any_job(raw: str, _: Occasion) -> str | None:
    """What follows "I work as a": at most three words."""
    tokens = [token.lower() for token in cut(raw)]
    if not 1 <= len(tokens) <= 3 or set(tokens) & (words("not_names") - words("occupations")) & {tokens[-1]}:
        return None
    return " ".join(tokens)


def known_job(raw: str, occasion: Occasion) -> str | None:
    """What follows "I'm a": an occupation, with at most two words before it."""
    found = any_job(raw, occasion)
    tokens = (found or "").split()
    ends = {tokens[-1], "-".join(tokens[-2:])} if tokens else set()
    return found if ends & words("occupations") else None


def trade_of(raw: str, occasion: Occasion) -> str | None:
    """What follows "ich bin", "soy", …: an occupation, by the words of that language."""
    found = any_job(raw, occasion)
    return found if found and found.split()[0] in words("foreign_occupations") else None


def daily_of(raw: str, occasion: Occasion) -> str | None:
    """What one does for a living, as others say it: "bakes bread"."""
    tokens = cut(raw)
    verb = tokens[0].lower() if tokens else ""
    if not verb.isalpha() or verb in words("not_names") or verb in words("not_verbs") - {"do", "make", "buy", "ask"}:
        return None
    rest = thing_of(" ".join(tokens[1:]), occasion) if tokens[1:] else ""
    return None if rest is None else f"{third_person(verb)} {rest}".strip()


def third_person(verb: str) -> str:
    """Return what "he" or "she" does: "teaches", "flies", "bakes"."""
    if re.search(r"(?:ch|sh|ss|x|zz|o)$", verb):
        return verb + "es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", verb) + "s"


def student_of(raw: str, _: Occasion) -> str | None:
    """A student, perhaps of something; never a pupil."""
    tokens = raw.lower().split()
    return (
        None if set(tokens[:-1]) & (words("not_names") | words("not_things") | {"school", "highschool"}) else " ".join(tokens)
    )


def workplace_of(raw: str, occasion: Occasion) -> str | None:
    """Where one works: a name or a kind of place, never an address."""
    tokens = cut(raw)
    if tokens[:1] == ["IT"] or " ".join(tokens).lower() in {word.replace("_", " ") for word in words("trades")} - {"it"}:
        return " ".join(tokens)
    article = f"{tokens.pop(0).lower()} " if len(tokens) > 1 and tokens[0].lower() in ("a", "an", "the") else ""
    if not 1 <= len(tokens) <= 3 or tokens[0].lower() in words("not_things") | words("not_places") - words("workplaces"):
        return None
    return None if any(any(c.isdigit() for c in t) for t in tokens) else article + " ".join(tokens)


def venture_of(raw: str, _: Occasion) -> str | None:
    """A business of one's own."""
    tokens = raw.lower().split()
    return (
        None
        if set(tokens) & (words("not_things") | words("not_names")) - {"small", "little", "big", "new", "own"}
        else " ".join(tokens)
    )
