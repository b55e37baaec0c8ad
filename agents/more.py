"""Short asks for more, in six languages: "have you got another one?", "noch eins bitte". They are wishes after an offer only.

Such an ask is made of few words, all of which are known (`more.toml`); one that names a subject ("more coffee?", "tell me
more") or says no ("no more") has a word that is not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from agents.plain_text import flatten
from agents.reflex.reactions import react
from agents.watch.watcher import Sign
from core.nouns import Message

LONGEST = 10
"""Words of the longest ask that is read here."""

NEAR = 8
"""Messages back in which an offer is what "another!" is about; a whole question reaches as far as the window."""

_OFFERS = frozenset({"pack", "purchase"})
_OTHER_SUBJECTS = frozenset({"joke", "song", "game"})
_WORD = re.compile(r"[^\W_]+")
_DECLINED = re.compile(
    r"^\W*(?:no|nope|nah|nein|non|não|nao)(?: (?:thanks?|thank you|danke|gracias|merci|grazie|obrigad[oa]))?\s*[,.;:!–-]+\s*"
)
_WHOLE = re.compile(
    r"\b(?:got|have|show|send|see|hast|gibt|gibts|zeig\w*|schick\w*|sehen|tienes|hay|ver|ens[eé]ñ\w*|mu[eé]str\w*|m[aá]nda\w*|as|avez"
    r"|montre\w*|envoie\w*|voir|hai|mostra\w*|manda\w*|vedere|fammi|tem|tens|mostre|mande)\b"
)


class _Words(Struct, frozen=True):
    """A language's words of such asks."""

    more: frozenset[str]
    known: frozenset[str]
    ware: frozenset[str]
    never: tuple[re.Pattern[str], ...]


def asks_for_more(text: str) -> bool:
    """Say whether a sentence is a short ask for more, if there was something to have more of."""
    words = _words(text)
    return 0 < len(words) <= LONGEST and any(_is_ask(words, language) for language in _load())


def without_asks(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    """Leave out what is watched for in short asks for more: their few words are known, and none of them can mean it.

    To an English embedder "un'altra?" lies near what was learnt of a crisis.
    """
    return tuple(sign for sign in signs if not asks_for_more(sign.text))


def in_sight(text: str, window: Sequence[Message], burst: Sequence[Message] = ()) -> bool:
    """Say whether an offer or a purchase is what such an ask is about.

    It is in the burst or the window; for a bare word, a little back at most, with no joke, song or game asked for since.
    """
    if any(message.kind in _OFFERS for message in burst):
        return True
    since = next((back for back, message in enumerate(reversed(window)) if message.kind in _OFFERS), None)
    if since is None or names_ware(text) or _WHOLE.search(flatten(text)):
        return since is not None
    later = window[len(window) - since :]
    return since < NEAR and not any(m.author == "fan" and react(m.text) in _OTHER_SUBJECTS for m in later)


def names_ware(text: str) -> bool:
    """Say whether a text names pictures or packs."""
    return any(language.ware & set(_words(text)) for language in _load())


def _is_ask(words: Sequence[str], language: _Words) -> bool:
    return (
        any(word in language.more for word in words)
        and all(word in language.known for word in words)
        and not any(pattern.search(" ".join(words)) for pattern in language.never)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(_DECLINED.sub("", flatten(text)))


@cache
def _load() -> tuple[_Words, ...]:
    table = tomllib.loads(Path(__file__).with_name("more.toml").read_text(encoding="utf-8"))
    return tuple(_read(entry) for entry in table.values())


def _read(entry: dict[str, str | list[str]]) -> _Words:
    more, plain, ware = (frozenset(str(entry[name]).split()) for name in ("more", "plain", "ware"))
    return _Words(more, more | plain | ware, ware, tuple(re.compile(pattern) for pattern in entry["never"]))
