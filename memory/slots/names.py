"""Given names: what may be one, by how it was told."""

from __future__ import annotations

import re

from memory.slots.words import LONGEST, Occasion, words

_ORIGIN = re.compile(r"(?:ian|ean|ish|ese|ist|ern)$")


def name_of(raw: str, _: Occasion) -> str | None:
    """A given name: one word, or more if capitalised; what follows a small one must be no part of the sentence."""
    tokens = [re.sub(r"['’]s$", "", found) for found in re.findall(r"[^\W\d_][\w'’-]*|[,.!:;-]|\S", raw.strip())]
    if not tokens or not is_name(tokens[0]):
        return None
    kept = [tokens[0]]
    if tokens[0][0].isupper():
        for token in tokens[1:3]:
            if not (token[0].isupper() and is_name(token)):
                break
            kept.append(token)
    elif len(tokens) > 1 and not _may_follow(tokens[1]):
        return None
    name = " ".join(part if part[0].isupper() and not part.isupper() else part.capitalize() for part in kept)
    return name if len(name) <= LONGEST else None


def capital_name(raw: str, occasion: Occasion) -> str | None:
    """A name that stands without "called": only if it is capitalised and followed by nothing that makes it another word."""
    trade = raw.split(maxsplit=1)[0].lower() in words("foreign_occupations") if raw.strip() else True
    return name_of(raw, occasion) if raw[:1].isupper() and not raw.isupper() and not trade else None


def known_name(raw: str, occasion: Occasion) -> str | None:
    """A name after "I'm": capitalised, or one that people are often called."""
    return name_of(raw, occasion) if raw.lower() in words("names") or (raw[:1].isupper() and not raw.isupper()) else None


def listed_name(raw: str, occasion: Occasion) -> str | None:
    """A name after "this is": only one that people are often called."""
    return name_of(raw, occasion) if raw.lower() in words("names") else None


def bare_name(raw: str, occasion: Occasion) -> str | None:
    """A name after "my son is": a capital, and no word of where somebody comes from or what they believe."""
    origin = _ORIGIN.search(raw) and raw.lower() not in words("names")
    return None if origin else capital_name(raw, occasion)


def is_name(token: str) -> bool:
    """Whether a word may be a name."""
    return (
        token.lower() not in words("not_names")
        and 2 <= len(token) <= 20
        and bool(re.fullmatch(r"[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*", token))
    )


def nick_of(raw: str, _: Occasion) -> str | None:
    """What somebody does not want to be called: an endearment, or a name with a capital."""
    known = raw.lower() in words("endearments")
    return raw.lower() if known else raw if raw[:1].isupper() and not raw.isupper() and is_name(raw) else None


def _may_follow(token: str) -> bool:
    return not token[0].isalpha() or token.lower() in words("fillers") | words("stops")
