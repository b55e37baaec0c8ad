"""Reads what a text says of its speaker. What is quoted, denied, asked, imagined or said by others is no claim."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from agents.gates.claims.lexicon import FOLDER, alternatives
from agents.gates.claims.numbers import age_words
from agents.gates.gate import without_accents

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")

_QUOTED = re.compile(
    r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}[”\"]|„[^“”\n]{1,400}[“”\"]|«[^»\n]{1,400}»|(?<!\w)‘[^’\n]{3,400}’(?!\w)"
)
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)")
_SEGMENT = re.compile(r"[,;:()–—]+|\s-\s")
_PLACE = r"(?P<value>(?-i:[A-Z][\w'-]+)(?: (?:(?:de|da|do|del|di|la|le|el|los|las|am|of) )?(?-i:[A-Z][\w'-]+)){0,2})"
_NAME = r"(?P<value>(?-i:[A-Z](?:'[A-Z])?[\w-]+))"  # without the 's of "Inky's"
_DAY = r"(?P<value>[^,.!?]{3,32})"


class Claim(Struct, frozen=True):
    """Something the speaker says of themselves: which kind of pattern found it, its parts by name, and its words."""

    kind: str
    parts: dict[str, str]
    words: str


class _Tongue(Struct, frozen=True):
    first: re.Pattern[str]
    negated: re.Pattern[str]
    unreal: re.Pattern[str]
    reported: re.Pattern[str]
    claims: dict[str, tuple[re.Pattern[str], ...]]


@cache
def _tongues() -> tuple[_Tongue, ...]:
    return tuple(_load(language) for language in LANGUAGES)


def _load(language: str) -> _Tongue:
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    holes = {
        "place": _PLACE,
        "name": _NAME,
        "day": _DAY,
        "age": rf"(?P<value>\d\d|{'|'.join(sorted(age_words(), key=len, reverse=True))})",
    }
    for kind in ("trade", "field", "tongue"):
        holes[kind] = rf"(?P<value>{alternatives(kind)})(?!\w)"
    for kind in ("animal", "kin"):
        holes[kind] = rf"(?P<{kind}>{alternatives(kind)})"
    markers = {name: re.compile(table[name], re.I) for name in ("first", "negated", "unreal", "reported")}
    claims = {
        kind: tuple(re.compile(_fill(one, holes), re.I) for one in patterns) for kind, patterns in table["claims"].items()
    }
    return _Tongue(claims=claims, **markers)


def _fill(pattern: str, holes: dict[str, str]) -> str:
    for name, hole in holes.items():
        pattern = pattern.replace("{" + name + "}", hole)
    return pattern


def bare(text: str) -> str:
    """Return a text without accents and with straight apostrophes, its capitals kept."""
    return without_accents(text.replace("ß", "ss"))


def read_claims(text: str, kinds: frozenset[str]) -> Iterator[Claim]:
    """Yield what the text claims of its speaker, of these kinds only."""
    unquoted = bare(_QUOTED.sub(" … ", text))
    for sentence in _SENTENCE.findall(unquoted):
        for tongue in _tongues():
            if tongue.first.search(sentence):
                yield from _claims_in(sentence.strip(), tongue, kinds)


def _claims_in(sentence: str, tongue: _Tongue, kinds: frozenset[str]) -> Iterator[Claim]:
    segments = list(_segments(sentence))
    for kind in kinds & tongue.claims.keys():
        for pattern in tongue.claims[kind]:
            for before, segment, after in segments:
                match = pattern.search(segment)
                if match is None or _is_void(before, segment, after, match, tongue):
                    continue
                yield Claim(kind, {k: v.strip() for k, v in match.groupdict().items() if v}, match[0].strip())


def _segments(sentence: str) -> Iterator[tuple[str, str, str]]:
    """Yield the parts of a sentence between what stands before and after each; of a question, what is asked is left out.

    The whole sentence comes first, for greetings that a comma cuts off from the name.
    """
    asks = sentence.rstrip().endswith("?")
    clean = sentence.rstrip(" .!?…")
    parts = [part for part in _SEGMENT.split(clean) if part.strip()]
    if asks:
        parts = parts[:-1] if len(parts) > 1 else []
    elif len(parts) > 1:
        yield "", clean, ""
    for at, part in enumerate(parts):
        yield ", ".join(parts[:at]), part.strip(), ", ".join(parts[at + 1 :])


def _is_void(before: str, segment: str, after: str, match: re.Match[str], tongue: _Tongue) -> bool:
    """Whether the words around a match take the claim back."""
    own = segment[: match.start()]
    if tongue.negated.search(own) and "," not in own:
        return True
    said = f"{before} {own}"
    if tongue.reported.search(said) or tongue.unreal.search(said):
        return True
    follows = segment[match.end() :].strip(" ,") or after.partition(",")[0].strip()
    hedge = tongue.unreal.match(follows)
    return hedge is not None and (bool(segment[match.end() :].strip(" ,")) or hedge.end() == len(follows))
