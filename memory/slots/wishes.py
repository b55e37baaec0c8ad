"""What somebody does not want to talk about."""

from __future__ import annotations

import re

from memory.guards import is_wish
from memory.slots.words import Occasion, cut, words

_OWN = re.compile(
    r"(?:my|the|our|this|that|meine[nmrs]?|mein|die|der|das|dem|den|mi|mis|el|la|los|mon|ma|mes|le|il mio|la mia|mio|mia|meu"
    r"|minha|o|a) ",
    re.IGNORECASE,
)


def topic_of(raw: str, occasion: Occasion) -> str | None:
    """What somebody does not want to talk about: at most three words, none of which means nothing."""
    tokens = cut(_OWN.sub("", raw, count=1) if _OWN.match(raw) else raw)
    unfit = words("not_things") | words("not_names") - words("occupations")
    if not 1 <= len(tokens) <= 3 or tokens[0].lower() in unfit or not is_wish(" ".join(tokens)):
        return None
    return " ".join(tokens).lower()
