"""What is wrong where classes of words stand together: recipes such as `me ~5 hurt ~14 left !kind`, read from `lexicon/`."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct, convert

from agents.sense.reader import Hit, Reading, Vocabulary, split_phrases

FOLDER = Path(__file__).with_name("lexicon")
SHARED = "shared"
DENIAL = "not"
"""The class of words that deny what follows."""

DENIES = 4
"""So many words after a denial are denied."""

LONGEST = 8
"""Words that no phrase exceeds."""

Hits = dict[str, list[Hit]]


class Link(Struct, frozen=True):
    """One class, and how near it stands to the one before: within so many words, behind it or on either side.

    `plain`: not just after a "not".
    """

    kind: str
    plain: bool = False
    within: int = 0
    behind: bool = False


class Recipe(Struct, frozen=True):
    """Classes that are found near each other, and those that must not stand in the same sentences."""

    links: tuple[Link, ...]
    unless: tuple[str, ...]
    needs: frozenset[str]


class Theme(Struct, frozen=True):
    """One file: `certain` refuses a reply, `likely` sends it back. `yields`: a likely one must not leave a second time."""

    name: str
    advice: str
    yields: bool
    certain: tuple[Recipe, ...]
    likely: tuple[Recipe, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


class _File(Struct, forbid_unknown_fields=True):
    advice: str = ""
    yields: bool = False
    certain: list[str] = []
    likely: list[str] = []
    good: list[str] = []
    bad: list[str] = []
    classes: dict[str, dict[str, str]] = {}


class Found(Struct, frozen=True):
    """Which theme, and by which words."""

    theme: Theme
    words: str


@cache
def _read_files() -> dict[str, _File]:
    return {
        path.stem: convert(tomllib.loads(path.read_text(encoding="utf-8")), _File) for path in sorted(FOLDER.glob("*.toml"))
    }


def list_kinds() -> set[str]:
    """Return the names of all classes."""
    return {kind for file in _read_files().values() for kind in file.classes}


@cache
def load_themes() -> tuple[Theme, ...]:
    """Read all themes, once."""
    return tuple(
        Theme(
            name,
            one.advice,
            one.yields,
            tuple(map(parse, one.certain)),
            tuple(map(parse, one.likely)),
            tuple(one.good),
            tuple(one.bad),
        )
        for name, one in _read_files().items()
        if name != SHARED
    )


@cache
def load_words() -> Vocabulary:
    """Read the words of all classes into one tree, once: a second of work. Raises `ValueError` for a class told twice."""
    vocabulary, kinds = Vocabulary(), dict[str, str]()
    for name, file in _read_files().items():
        for kind, by in file.classes.items():
            if kinds.setdefault(kind, name) != name:
                raise ValueError(f"the class {kind} stands in {kinds[kind]}.toml and in {name}.toml")
            for language, phrases in by.items():
                for phrase in split_phrases(phrases):
                    vocabulary.add(kind, language, phrase)
    return vocabulary


def parse(text: str) -> Recipe:
    """Read a recipe: `a ~5 b` within five words on either side, `a >5 b` behind it, `-a` not denied, `!c` not beside it."""
    links: list[Link] = []
    unless: list[str] = []
    within, behind = 0, False
    for piece in text.split():
        if piece[0] == "!":
            unless.append(piece[1:])
        elif piece[0] in "~>":
            within, behind = int(piece[1:]), piece[0] == ">"
        else:
            links.append(Link(piece.removeprefix("-"), piece[0] == "-", within, behind))
    return Recipe(tuple(links), tuple(unless), frozenset(link.kind for link in links))


def find(text: str, theme: str, *, certain: bool) -> str | None:
    """Return the words by which a reply surely is, or likely, of a theme."""
    one = next(one for one in load_themes() if one.name == theme)
    return _find(read(text), one.certain if certain else one.likely)


def find_likely(text: str) -> list[Found]:
    """Return every theme that a reply is likely of, with the words that say so."""
    reading = read(text)
    return [Found(theme, words) for theme in load_themes() if (words := _find(reading, theme.likely))]


@lru_cache(maxsize=32)
def read(text: str) -> Reading:
    """Read a text into classes; kept for the last few texts, since rules and gates ask of the same one."""
    return load_words().read(text)


def _find(reading: Reading, recipes: Sequence[Recipe]) -> str | None:
    for language, hits in reading.hits.items():
        for recipe in recipes:
            if recipe.needs <= hits.keys():
                for chain in _chains(recipe.links, hits):
                    if not _is_vetoed(chain, recipe.unless, reading.sentences[language]):
                        return " … ".join(hit.words for hit in sorted(chain, key=lambda hit: hit.start))
    return None


def _chains(links: Sequence[Link], hits: Hits, before: Hit | None = None) -> Iterator[tuple[Hit, ...]]:
    """Yield what fits a recipe; for each word of its first class, no more than stands near it."""
    link, rest = links[0], links[1:]
    for hit in hits[link.kind] if before is None else _near(before, link, hits[link.kind]):
        if not (link.plain and _is_denied(hit, hits)):
            if not rest:
                yield (hit,)
            else:
                yield from ((hit, *more) for more in _chains(rest, hits, hit))


def _near(before: Hit, link: Link, hits: Sequence[Hit]) -> Iterator[Hit]:
    low = before.end if link.behind else before.start - link.within - LONGEST
    for at in range(bisect_left(hits, low, key=_start), len(hits)):
        hit = hits[at]
        if hit.start > before.end + link.within:
            return
        apart = hit.start - before.end if hit.start > before.end else before.start - hit.end
        if 0 < apart <= link.within and (hit.start > before.end or not link.behind):
            yield hit


def _is_denied(hit: Hit, hits: Hits) -> bool:
    """Whether a "not" stands just before, in the same sentence."""
    nots = hits.get(DENIAL, [])
    at = bisect_left(nots, hit.start, key=_start) - 1
    return at >= 0 and nots[at].sentence == hit.sentence and hit.start - nots[at].end <= DENIES


def _is_vetoed(chain: tuple[Hit, ...], unless: Sequence[str], sentences: dict[str, set[int]]) -> bool:
    spanned = range(min(hit.sentence for hit in chain), max(hit.sentence for hit in chain) + 1)
    return any(sentence in sentences.get(kind, ()) for kind in unless for sentence in spanned)


def _start(hit: Hit) -> int:
    return hit.start
