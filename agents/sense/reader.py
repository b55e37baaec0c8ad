"""Reads a text once into the classes of its words: one walk, whatever the number of classes; cached, since many ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

ANY = "any"
"""The language of words that are the same in all of ours."""

_TOKEN = re.compile(
    r"(?:[cdjlmnst]|qu|un|dell|all|nell|dall|sull|quest|jusqu|lorsqu|puisqu)'(?=[^\W\d_])"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,:]\d+)*|[?%€$£]|[.!…]+|\n"
)
_PIECE = re.compile(r"[()|]|[^()|]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_ENDS = frozenset(".!…?\n")
_CONTRACTED = {"can't": ("can", "not"), "won't": ("will", "not"), "let's": ("let", "us"), "gonna": ("going", "to")}
_TAILS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
_IS = frozenset(("it", "that", "there", "he", "she", "what", "here", "who", "where", "one", "everything"))
_COMPOUNDS = ("set", "paket", "bilder", "fotos", "serie", "videos")
_NO_COMPOUNDS = frozenset((*_COMPOUNDS, "sunset", "reset", "upset", "asset", "offset", "closet", "mindset", "onset"))
"""A German Strandset is a set."""

_MARKS = frozenset("_#?%€$")
BREAK = 4
"""By how many words the end of a sentence keeps words apart."""


class Hit(Struct, frozen=True):
    """Words of one class: places of the first and last word (ends of sentences count `BREAK`), sentence, and what was read."""

    start: int
    end: int
    sentence: int
    words: str


class Reading(Struct, frozen=True):
    """The hits of a text by language and class, in their order, and the sentences that hold each class."""

    hits: dict[str, dict[str, list[Hit]]]
    sentences: dict[str, dict[str, set[int]]]


class Node:
    """A place in the tree of all phrases: what may follow, beginnings of words by length, and what ends here."""

    __slots__ = ("ends", "stems", "words")

    def __init__(self) -> None:
        self.words: dict[str, Node] = {}
        self.stems: dict[int, dict[str, Node]] | None = None
        self.ends: tuple[tuple[str, str], ...] = ()


def tokenize(text: str) -> list[str]:
    """Cut a text into plain words: small, without accents, contractions spelled out; marks that end a sentence are kept."""
    plain = text.replace("’", "'").casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    tokens: list[str] = []
    for token in _TOKEN.findall(plain):
        if "'" in token and not token.endswith("'"):
            tokens += _spell_out(token)
        else:
            tokens.append(token)
    return tokens


def _spell_out(token: str) -> tuple[str, ...]:
    if token in _CONTRACTED:
        return _CONTRACTED[token]
    if token.endswith("n't"):
        return token[:-3], "not"
    head, _, tail = token.rpartition("'")
    if (spelled := _TAILS.get(f"'{tail}")) is not None:
        return head, spelled
    return (head, "is") if tail == "s" and head in _IS else (token,)


def split_phrases(text: str) -> list[str]:
    """Cut a list of phrases at its commas."""
    return [phrase for piece in text.split(",") if (phrase := " ".join(piece.split()))]


def expand(phrase: str) -> list[str]:
    """Spell out the ways of a phrase: "(leave|leaves (all|)) me" is three."""
    return _ways(iter(_PIECE.findall(phrase)))


def _ways(pieces: Iterator[str]) -> list[str]:
    """Read alternatives up to a closing bracket or the end."""
    done: list[str] = []
    ways = [""]
    for piece in pieces:
        if piece == ")":
            break
        if piece == "|":
            done, ways = [*done, *ways], [""]
        else:
            inner = _ways(pieces) if piece == "(" else [piece]
            ways = [way + one for way in ways for one in inner]
    return [*done, *ways]


class Vocabulary:
    """All phrases of all classes in one tree. A word may end in `*` (any ending) or be `_` (any word) or `#` (figures)."""

    def __init__(self) -> None:
        self._root = Node()

    def add(self, kind: str, language: str, phrase: str) -> None:
        """Put a phrase of a class into the tree, in all its ways."""
        for way in expand(phrase):
            node = self._root
            for word in _words_of(way):
                node = _step(node, word)
            if (kind, language) not in node.ends:
                node.ends = (*node.ends, (kind, language))

    def read(self, text: str) -> Reading:
        """Find all classes of a text, overlapping ones too."""
        tokens = tokenize(text)
        places, sentences, place, sentence = [0] * len(tokens), [0] * len(tokens), 0, 0
        for at, token in enumerate(tokens):
            places[at], sentences[at] = place, sentence
            if token[0] in _ENDS:
                place, sentence = place + BREAK, sentence + 1
            else:
                place += 1
        hits: dict[str, dict[str, list[Hit]]] = {}
        for at in range(len(tokens)):
            for end, ends in _walk(self._root, tokens, at):
                for kind, language in ends:
                    hit = Hit(places[at], places[end], sentences[at], " ".join(tokens[at : end + 1]))
                    hits.setdefault(language, {}).setdefault(kind, []).append(hit)
        return _complete(hits)


def _complete(hits: dict[str, dict[str, list[Hit]]]) -> Reading:
    """Put what is the same in all languages into each that is there."""
    shared = hits.pop(ANY, {})
    for own in hits.values():
        for kind, found in shared.items():
            own[kind] = sorted([*own.get(kind, []), *found], key=lambda hit: hit.start)
    spoken = hits or ({ANY: shared} if shared else {})
    marked = {tongue: {kind: {hit.sentence for hit in found} for kind, found in own.items()} for tongue, own in spoken.items()}
    return Reading(spoken, marked)


@lru_cache(maxsize=16384)
def _pieces(word: str) -> tuple[str, ...]:
    """Return a word of a phrase as the reader meets it; an ending in `*` is left to the last piece."""
    if word in _MARKS or word.endswith("'"):
        return (word,)
    *head, last = tokenize(word.removesuffix("*"))
    return (*head, last + "*" if word.endswith("*") else last)


def _words_of(way: str) -> Iterator[str]:
    for word in way.split():
        yield from _pieces(word)


def _tail(token: str) -> str:
    return next(tail for tail in _COMPOUNDS if token.endswith(tail))


def _step(node: Node, word: str) -> Node:
    if not word.endswith("*"):
        return node.words.get(word) or node.words.setdefault(word, Node())
    node.stems = node.stems or {}
    return node.stems.setdefault(len(word) - 1, {}).setdefault(word[:-1], Node())


def _walk(root: Node, tokens: list[str], at: int) -> Iterator[tuple[int, tuple[tuple[str, str], ...]]]:
    """Go down the tree from one word; yield where phrases end. A phrase never goes past the end of its sentence."""
    front, token = [root], tokens[at]
    if token.endswith(_COMPOUNDS) and token not in _NO_COMPOUNDS and (ware := root.words.get(_tail(token))) is not None:
        yield at, ware.ends
    for place in range(at, len(tokens)):
        token, ahead = tokens[place], []
        for node in front:
            if (after := node.words.get(token)) is not None:
                ahead.append(after)
            if token[0].isdigit() and (after := node.words.get("#")) is not None:
                ahead.append(after)
            if place > at and token not in _ENDS and (after := node.words.get("_")) is not None:
                ahead.append(after)
            for length, stems in (node.stems or {}).items():
                if (after := stems.get(token[:length])) is not None:
                    ahead.append(after)
        for node in ahead:
            if node.ends:
                yield place, node.ends
        front = [node for node in ahead if node.words or node.stems]
        if not front:
            return
