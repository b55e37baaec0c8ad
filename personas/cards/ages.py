"""What a card says of age: any statement below 18 is refused, and an adult age counts only where it is said plainly, once.

Better one card too many refused than one too few: an age in the past, of a pet or of a sibling counts as well. The error names
field and words, so that whoever owns the card can say it otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import msgspec.toml
import re2
from msgspec import Struct

from core.errors import BadInput
from personas.cards.fields import walk
from personas.macros import fill
from personas.schema import ADULT

OLDEST = 120
SHOWN = 60
"""Characters of what was found that an error repeats."""
BLOCK = 50_000
"""Characters that are looked at together at first."""
MOST_CHOICES = 20
"""Choices of one `{{random:…}}` that are looked at."""
MOST_VARIED = 2_000_000
"""Characters of all the ways in which one text may be read."""

_START, _END = r"(?:^|[^\pL\pN_])", r"(?:$|[^\pL\pN_])"
_SIGNS = r"[^\pL\pN\n]{1,8}"
_ENDS = (
    r"(?:[^\S\n]*(?:\n|$|[^\pL\pN\s%°$€£:/×'\"-])|[\"'][^\S\n]*(?:\n|$|[.,;!?)])|:\s|\s-\s"
    r"|\s+(?:and|but|so|who|with|years|year|yet|now|y|e|et|und|ma|pero|mas|mais|aber|en"
    r"|maar)(?:$|[^\pL\pN_]))"
)
_ASIDE = (
    r"(?:[^\S\n]*(?:\n|$|[;)\]!|–—。।]|\.(?:$|[^0-9])|[,、،]\s*(?:$|[^\s0-9]|[0-9][0-9.,]*\s?(?:cm|m|ft|feet|kg|lbs?|'|\")))"
    r"|\s-\s|\s(?:and|but|who|from|y|e|et|und|aus|mais|aber|en|maar)\s[^0-9])"
)
"""Where a number set beside a name ends; a list of numbers goes on."""
_DIGITS = r"(?:0?[0-9]|1[0-7])(?:[.,][0-9]{1,2}|½|¼|¾)?"
_YEARS_OF_LIFE = r"(?:0?[1-9]|1[0-7])(?:[.,]5)?"
_SPOKEN_ASIDE = 5
"""The first number that counts beside a name in words: one to four are rather said in counting."""
_AGE_KEY = re.compile(r"(?:^|[^a-z])(?:age|edad|idade|alter|leeftijd|età|âge|возраст|wiek|yaş|年齢|年龄|나이)$")
_NO_AGE = re.compile(r"(?:max|min|cache|expire|message|token|account|file|entry|depth)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_REFUSING = re.compile(r"\.persona\.(?:refuses|look\.avoid|boundaries\.(?:forbidden|limits|dislikes))\[\d+\]$")
"""Where a Muse persona says what it does not do."""
_PICKS = re.compile(r"\{\{\s*(?:random|pick)\s*:+([^{}]*)\}\}", re.IGNORECASE)
_DATA = re.compile(r"data:[\w/+.-]{0,80};base64,[A-Za-z0-9+/=]*\Z")
"""A file in letters: what looks like words in it is none."""
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINE_END = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_ADULT_LABEL = re.compile(
    r"(?:^|[^\w])(?:age|aged|edad|idade|alter|leeftijd|età|âge|возраст|wiek|yaş|年齢|年龄|나이)(?: is| of)?\W{1,8}(\d{2,3})"
    r"(?![\d.,]*\d|\s*[-–]\s*\d|\+)"
)
_ADULT_YEARS = re.compile(
    r"(?:^|[^\w.,])(\d{2,3})(?:[\s-]*(?:years?|yrs?)[\s-]*old\b|[\s-]*(?:yo|y/o)\b|[\s-]*jahre alt\b|[\s-]*jährig"
    r"|\s*años de edad|\s*anos de idade|\s*(?:歳|岁|歲|살))"
)


class _Tongue(Struct, frozen=True, forbid_unknown_fields=True):
    numbers: str = ""
    ages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    they: str = ""
    kin: str = ""
    be: str = ""
    years: str = ""
    unspaced: bool = False


class _Guards(Struct, frozen=True, forbid_unknown_fields=True):
    protects: str
    claims: str
    condition: str
    tens: str
    other_things: str
    born: str
    alone: frozenset[str]


class _Lexicon(Struct, frozen=True, forbid_unknown_fields=True):
    parts: dict[str, str]
    shapes: tuple[str, ...]
    guards: _Guards
    tongues: dict[str, _Tongue]


class _Pattern(Struct, frozen=True):
    compiled: Any
    is_word: bool


def refuse_minors(document: Any, names: tuple[str, ...], today: date) -> None:
    """Look for any statement of an age below 18, in every text, key and number. Raises `BadInput`, naming field and words.

    `names` are what the card calls its character; `today` makes an age of a year of birth.
    """
    patterns, alone = (*_general(), *_of_names(names)), _lexicon().guards.alone
    block: list[tuple[str, str]] = []
    size = 0
    for path, key, value in walk(document):
        if isinstance(value, str):
            if _DATA.match(value):
                continue
            if _is_age_key(key) and re.fullmatch(r"\s*\d{1,2}\s*", value) and 0 < int(value) < ADULT:
                raise _refusal(path, f"{key}: {value.strip()}")
            if " ".join(fold(value).split()) in alone and not _REFUSING.search(path):
                raise _refusal(path, value)
            for text in _readings(value):
                block.append((path, text))
                size += len(text)
            if size > BLOCK:
                _look_at(block, patterns, today)
                block, size = [], 0
        elif not isinstance(value, bool) and _is_age_key(key) and 0 < value < ADULT:
            raise _refusal(path, f"{key}: {value}")
    _look_at(block, patterns, today)


def stated_age(texts: list[tuple[str, str]], document: Any) -> tuple[int | None, str]:
    """Return the adult age that a card states, and where; or none, and why. `texts` are (field, text) about the character.

    Fields that are called an age count as well. Two different ages are none.
    """
    found: dict[int, str] = {}
    for path, text in texts:
        folded = fold(text)
        for pattern in (_ADULT_LABEL, _ADULT_YEARS):
            for match in pattern.finditer(folded):
                found.setdefault(int(match[1]), path)
    for path, key, value in walk(document):
        if _is_age_key(key) and not isinstance(value, bool):
            number = re.fullmatch(r"\s*(\d{2,3})(?:\.0+)?\s*", str(value))
            if number:
                found.setdefault(int(number[1]), path)
    adult = sorted((age, path) for age, path in found.items() if ADULT <= age <= OLDEST)
    if len(adult) == 1:
        return adult[0]
    return None, f"it states several ages ({', '.join(str(age) for age, _ in adult)})" if adult else "it states no age"


def fold(text: str) -> str:
    """Bring a text into the form that the patterns are of: NFKC, folded case, plain digits and apostrophes, single spaces."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).replace("’", "'")
        text = _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text)
    return re.sub(r"[^\S\n]+", " ", _LINE_END.sub("\n", text).casefold().replace("*", "").replace("`", "'"))


def _readings(text: str) -> Iterator[str]:
    """Yield a text as it may be read: as it stands, and with its macros filled in each way."""
    yield fold(text)
    if "{{" in text:
        yield fold(fill(text, "{{char}}", "the fan", hidden=True))
        most = min(
            max((match[1].count(",") + match[1].count("::") for match in _PICKS.finditer(text)), default=0), MOST_CHOICES
        )
        for choice in range(most + 1 if most else 0):
            yield fold(_PICKS.sub(partial(_choose, choice), text))


def _choose(at: int, match: re.Match[str]) -> str:
    parts = re.split(r"::|,", match[1])
    return parts[at % len(parts)].strip()


def _look_at(block: list[tuple[str, str]], patterns: tuple[_Pattern, ...], today: date) -> None:
    """Look at many texts together, and one by one only for what was found there. Raises `BadInput`."""
    whole = "\n".join(text for _, text in block)
    hit = [pattern for pattern in patterns if pattern.compiled.search(whole)]
    born = _plain(_lexicon().guards.born)
    any_born = born.search(whole) is not None
    for path, text in block if hit or any_born else ():
        refusing = _REFUSING.search(path) is not None
        for pattern in hit:
            for match in pattern.compiled.finditer(text):
                if pattern.is_word and (refusing or _protects(text, match)):
                    continue
                if not _is_of_work(text, match) and (pattern.is_word or _is_age(text, match)):
                    raise _refusal(path, match[0])
        if any_born:
            for match in born.finditer(text):
                if 0 <= today.year - int(match[0][-4:]) < ADULT:
                    raise _refusal(path, match[0])


def _is_age(text: str, match: Any) -> bool:
    """Say whether a number found is a whole one."""
    guards = _lexicon().guards
    number = re.search(r"\d+", match[0])
    begin = match.start() + (number.start() if number else len(match[0]) - len(match[0].lstrip(" \n-–,.;:!?()[]\"'")))
    head = text[max(0, begin - 30) : begin]
    if number and (re.search(r"\d[.,]?\Z", head) or re.match(r"[.,]\d{3}", text[match.start() + number.end() :][:4])):
        return False
    return not _plain(guards.tens).search(head)


def _is_of_work(text: str, match: Any) -> bool:
    """Say whether what was found is a span of years in a trade."""
    return _plain(_lexicon().guards.other_things).search(text[max(match.end() - 1, 0) : match.end() + 40]) is not None


def _protects(text: str, match: Any) -> bool:
    """Say whether the sentence is a rule against what was found in it, and claims it of nobody."""
    guards = _lexicon().guards
    begin = max(text.rfind(sign, 0, match.start() + 1) for sign in ".!?;\n") + 1
    head = text[begin : match.start() + 1]
    if _plain(guards.condition).search(head + " " if not head.endswith(" ") else head):
        return True
    rules = [rule.end() for rule in _plain(guards.protects).finditer(head + " ")]
    return bool(rules) and not _plain(guards.claims).search(f" {text[begin + rules[-1] - 1 : match.end()]} ")


def _is_age_key(key: str) -> bool:
    name = _CAMEL.sub("_", key).casefold()
    return bool(_AGE_KEY.search(name)) and not _NO_AGE.search(name)


def _refusal(path: str, found: str) -> BadInput:
    said = " ".join(found.split()).strip(" .,;:!?()[]\"'")
    return BadInput(
        f"{path} speaks of an age below {ADULT} ({said[:SHOWN]!r}), so the card is refused: nobody here is younger, not in the "
        "past nor in passing. If it means something else, say it otherwise and import it again."
    )


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    return msgspec.toml.decode(Path(__file__).with_name("ages.toml").read_bytes(), type=_Lexicon)


@lru_cache(maxsize=1)
def _general() -> tuple[_Pattern, ...]:
    return tuple(_build("", with_names=False))


@lru_cache(maxsize=64)
def _of_names(names: tuple[str, ...]) -> tuple[_Pattern, ...]:
    """Return the patterns that speak of a character by these names, or by a macro."""
    called = dict.fromkeys(
        part for name in names for part in (fold(name).strip(), *re.findall(r"[^\W\d_]{3,}", fold(name))) if part
    )
    known = [r"\{\{char\}\}", r"\{\{user\}\}", r"<bot>", r"<user>", "char", *(re2.escape(part) for part in called)]
    return tuple(_build("(?:" + "|".join(known) + ")", with_names=True))


@lru_cache(maxsize=16)
def _plain(pattern: str) -> Any:
    return re2.compile(pattern.replace("<", _START).replace(">", _END))


def _build(char: str, *, with_names: bool) -> Iterator[_Pattern]:
    options = re2.Options()
    options.max_mem = 64 << 20
    for tongue in _lexicon().tongues.values():
        words = tongue.numbers.split()
        number = f"(?:{'|'.join([_DIGITS, *words])})"
        beside = f"(?:{'|'.join([_YEARS_OF_LIFE, *words[_SPOKEN_ASIDE:]])})"
        letters = r"\p{Hangul}〇零一二三四五六七八九十百千" if tongue.unspaced else r"\pL"
        digits = r"(?:^|[^\pN〇零一二三四五六七八九十百千])" if tongue.unspaced else _START
        border = f"(?:{digits}{_DIGITS}" + (f"|(?:^|[^\\pN{letters}])(?:{'|'.join(words)})" if words else "") + ")"
        for is_word, group in ((False, (*tongue.ages, *_shapes(tongue))), (True, tongue.words)):
            expanded = [_expand(one.replace("%beside", beside), border, number) for one in group]
            chosen = [one for one in expanded if ("CHAR" in one) == with_names]
            if chosen:
                yield _Pattern(re2.compile("|".join(chosen).replace("CHAR", char), options), is_word)


def _shapes(tongue: _Tongue) -> Iterator[str]:
    """Yield the shapes that a language has the words for."""
    own = {"they": tongue.they, "kin": tongue.kin, "be": tongue.be, "years": tongue.years}
    for shape in _lexicon().shapes:
        if all(words for name, words in own.items() if f"@{name}" in shape):
            for name, words in own.items():
                shape = shape.replace(f"@{name}", f"(?:{words})")
            yield shape.removeprefix("<" if tongue.unspaced else "")


def _expand(pattern: str, border: str, number: str) -> str:
    if pattern.startswith("#"):
        pattern = "\1" + pattern[1:]
    for name, part in _lexicon().parts.items():
        pattern = pattern.replace(f"@{name}", part)
    for sign, meaning in (("<", _START), (">", _END), ("~", _SIGNS), ("%ends", _ENDS), ("%aside", _ASIDE)):
        pattern = pattern.replace(sign, meaning)
    return "(?:" + pattern.replace("#", number).replace("\1", border) + ")"
