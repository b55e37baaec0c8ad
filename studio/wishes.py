"""What somebody would like to see, made harmless: words only, bounded, without the syntax that prompts have.

A wish is data; it cannot weigh, switch or take away anything that the house put into a prompt. Some are refused altogether.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from core.errors import BadInput
from studio.ages import find_young
from studio.asking import find_wish
from studio.spelling import plain, readings, says, visible

LONGEST = 200
"""Characters of a wish that reach a prompt."""
READ = 2000
"""Characters of a wish that are looked at."""

Why = Literal["minors", "explicit", "likeness", "others"]

OUT = (
    re.compile(r"https?://\S+|www\.\S+|\b\S+@\S+\.\S+|(?<!\w)[@#]\w+", re.I),  # addresses, handles, tags
    re.compile(r"<[^<>]*>?"),  # <lora:…>, <hypernet:…>, tokens of textual inversion
    re.compile(r"\b(?:embedding|lora|lyco|hypernet|ti|wildcard)\s*:\s*\S+", re.I),
    re.compile(r"__[^_]+__|\$\{[^}]*\}?"),  # wildcards and variables
    re.compile(r"(?<!\S)--?\w[\w-]*(?:[ =]+[\d.:x]+)?"),  # --no, --ar 2:3
    re.compile(r"\b(?:steps|sampler|scheduler|cfg(?:[ _-]?scale)?|guidance|seed|size|model(?:[ _]hash)?|clip[ _-]?skip|"
               r"denoising(?:[ _]strength)?|eta)\s*[:=]\s*[^\s,]+", re.I),
    re.compile(r"\b(?:BREAK|ADDCOMM|ADDBASE|ADDCOL|ADDROW|AND|NOT|PROMPT|NEGATIVE)\b"),
)  # fmt: skip
AFTER = re.compile(
    r"\b(?:(?:negative|neg|uncond)[ _-]*(?:prompts?|words?)?\s*[:=]|negative[ _-]*prompts?\b|###|system\s*:).*", re.I | re.S
)
WEIGHT = re.compile(r":\s*-?\d+(?:\.\d+)?")
LOOSE = re.compile(r"[^\w ,.'’%&!?-]|_")
PERSONAL = re.compile(r"\b(?:with|as|like|con|como|com|avec|comme|come)\s+(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+)+)")
CAPITALS = re.compile(r"(?<!^)(?<![.!?] )\b(?P<name>[A-ZÀ-Þ][a-zß-ÿ'’-]+(?:\s+[A-ZÀ-Þ][a-zß-ÿ'’-]+)+)")
RESEMBLES = re.compile(
    r" (?:you|yourself|her|him|she|he) (?:to |could |should )?look(?:s|ing)? (?:just |exactly |a bit |more )?like "
    r"(?!a |an |the |you|your|that|this|it |in |on |there)"
)


class Refusal(Struct, frozen=True):
    """Why a text is refused, as one kind sentence; `word` is what it was for, by our own list."""

    why: Why
    word: str
    sentence: str


class _List(Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...]
    sentence: str = ""


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    minors: _List
    explicit: _List
    likeness: _List
    others: _List
    places: _List

    def refusing(self) -> tuple[tuple[Why, _List], ...]:
        return (("minors", self.minors), ("explicit", self.explicit), ("likeness", self.likeness), ("others", self.others))


def why_refused(text: str, others: Sequence[str] = (), avoid: Sequence[str] = ()) -> Refusal | None:
    """Say why no picture is made of a text, if none is: minors, explicit, a real person's likeness, other people.

    `others` are names that must not be in it, `avoid` what this persona keeps out of pictures.
    """
    read = readings(text[:READ])
    if young := find_young(text[:READ]):
        return Refusal("minors", young, _words().minors.sentence)
    for why, one in _words().refusing():
        found = next((word for word in one.words if any(says(reading, word) for reading in read)), None)
        if found is not None:
            return Refusal(why, found, one.sentence)
    if RESEMBLES.search(read[0]):
        return Refusal("likeness", "look like", _words().likeness.sentence)
    for name in (*others, *_named(text)):
        if says(read[0], plain(name)):
            return Refusal("others", name, _words().others.sentence)
    for thing in avoid:
        if says(read[0], plain(thing)):
            return Refusal("explicit", thing, f"Pictures here are without {thing}.")
    return None


def clean_wish(text: str, names: Sequence[str] = (), others: Sequence[str] = (), avoid: Sequence[str] = ()) -> str:
    """Return a wish as harmless words, at most `LONGEST` characters. Raises `BadInput` for what is refused.

    `names` are the persona's own, which are left out: she is in the picture anyway.
    """
    left = clean(text, names)
    refusal = why_refused(text, others, avoid) or why_refused(left, others, avoid)  # what the syntax hid comes out with it
    if refusal is not None:
        raise BadInput(refusal.sentence)
    return left


def without_names(text: str, names: Sequence[str]) -> str:
    """Return a wish in which the persona is "you": her own name is no stranger's. "Luna Lovelace" stays, for it is not hers."""
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}['’]s\b", "your", text, flags=re.I)
        text = re.sub(rf"\b(?i:{re.escape(name)})\b(?!\s+[A-ZÀ-Þ])", "you", text)
    return text


def bare_wish(text: str) -> str:
    """Return what is to be seen, of a whole request in one of six languages; empty where nothing is said of it.

    "Can you make me a picture of you at the sea, please?" is "at the sea". Where in doubt words stay: with the asking go only a
    picture, and the persona herself.
    """
    left = unicodedata.normalize("NFC", text[:READ])
    begins, ends = find_wish(left)
    return left[begins:ends]


def clean(text: str, names: Sequence[str] = ()) -> str:
    """Return text without prompt syntax, addresses and names, bounded. Cleaning twice changes nothing."""
    left = visible(text[:READ])
    while True:
        before, left = left, _cleaned(left, names)
        if left == before:
            return left


def _cleaned(text: str, names: Sequence[str]) -> str:
    left = AFTER.sub(" ", text)
    for pattern in OUT:
        left = pattern.sub(" ", left)
    left = re.sub(r"-{2,}", "-", LOOSE.sub(" ", WEIGHT.sub(" ", left)))
    left = CAPITALS.sub(lambda found: found[0] if _is_place(found["name"]) else " ", left)
    for name in names:
        left = re.sub(rf"\b{re.escape(name)}(?:['’]s)?\b", " ", left, flags=re.I)
    left = re.sub(r"\s*([,.!?])[\s,.!?]*", r"\1 ", " ".join(left.split())).strip(" ,.-'’&%")
    return left if len(left) <= LONGEST else left[:LONGEST].rsplit(" ", 1)[0].strip(" ,.-'’&%")


def _named(text: str) -> list[str]:
    """Return the names of people that a text puts into the picture: behind "with", "as", "like"."""
    return [found["name"] for found in PERSONAL.finditer(visible(text)) if not _is_place(found["name"])]


def _is_place(name: str) -> bool:
    return not set(_words().places.words).isdisjoint(plain(name).split())


@cache
def _words() -> _Words:
    path = Path(__file__).parent / "refusals.toml"
    return msgspec.convert(tomllib.loads(path.read_text()), _Words)
