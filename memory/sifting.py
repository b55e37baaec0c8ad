"""What an analyst proposes, sifted: only what a fan said in earnest, in their own words, and may be kept, becomes a fact.

A model may be wrong, or be talked into something by the text it reads. So nothing it says is taken on trust: each candidate
names the message and quotes the words it rests on, and both are looked up; its text must be covered by those words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.ids import new_id
from core.nouns import Message
from core.turns import RememberFact
from memory.dates import MONTHS
from memory.extraction import LONGEST_SENTENCE, split_sentences
from memory.guards import is_in_earnest, is_meant_wish, is_storable, is_wish, orders, takes_power
from memory.languages import find_language
from memory.slots.days import ADULT
from memory.slots.words import words

IMPORTANCE = {
    "name": 0.95,
    "address": 0.9,
    "instruction": 0.8,
    "preference": 0.6,
    "pet": 0.7,
    "place": 0.7,
    "work": 0.7,
    "study": 0.6,
    "age": 0.6,
    "birthday": 0.75,
    "family": 0.6,
    "plan": 0.6,
    "favourite": 0.6,
    "like": 0.45,
    "dislike": 0.45,
    "car": 0.5,
    "event": 0.5,
}
"""Kinds of facts that an analyst may propose, with their weight."""

STANDING = frozenset(("name", "address", "instruction", "preference"))
WISHES = frozenset(("address", "instruction", "preference"))
ONE_SUBJECT = {"name": "fan", "address": "fan", "age": "fan", "birthday": "fan", "car": "car"}
MOST = 8
LONGEST = 200
LONGEST_SUBJECT = 60
SUREST = 0.8
COVERED = 0.5
"""Share of a text's own words that the fan must have said."""

_FORM = re.compile(r"The fan(?:'s)? [^\n<>{}\[\]|\\`\"“”]+\.")
_WORD = re.compile(r"[^\W_]+")
_MONTHS = {names[0].capitalize() for names in MONTHS}


@dataclass
class Candidate:
    """A fact as an analyst proposes it. `message` counts from 1; `quote` are the fan's own words in it."""

    kind: str
    subject: str
    text: str
    quote: str
    message: int
    standing: bool = False


def sift(candidates: Sequence[Candidate], messages: Sequence[Message], made_by: str) -> list[RememberFact]:
    """Return those candidates that may be kept, at most eight; none at all when one says that the fan is under age."""
    kept: dict[tuple[str, str], RememberFact] = {}
    for candidate in candidates:
        if candidate.kind == "age" and _is_under_age(candidate.text):
            return []
        fact = _admit(candidate, messages, made_by)
        if fact is not None:
            kept[fact.kind, fact.subject] = fact
    return list(kept.values())[:MOST]


def _admit(candidate: Candidate, messages: Sequence[Message], made_by: str) -> RememberFact | None:
    if not 1 <= candidate.message <= len(messages) or candidate.kind not in IMPORTANCE:
        return None
    message, kind = messages[candidate.message - 1], candidate.kind
    sentences = _quoted_from(candidate.quote, message)
    if message.author != "fan" or not sentences or max(map(len, sentences)) > LONGEST_SENTENCE:
        return None
    if not all(_is_meant(one, kind) and is_storable(one) for one in sentences):
        return None
    text, subject = " ".join(candidate.text.split()), _subject_of(candidate)
    standing = kind in STANDING and (candidate.standing or kind != "preference")
    if len(text) > LONGEST or not _FORM.fullmatch(text) or not is_storable(f"{candidate.subject}. {text}"):
        return None
    if takes_power(text) or takes_power(subject) or orders(message.text):
        return None
    if kind in WISHES and not (is_wish(text) and is_wish(subject)):
        return None
    if not _is_covered(text, sentences, kind):
        return None
    return RememberFact(new_id(), kind, subject, text, (message.id,), IMPORTANCE[kind], SUREST, standing, made_by)


def _is_meant(sentence: str, kind: str) -> bool:
    return is_meant_wish(sentence) if kind in WISHES else is_in_earnest(sentence)


def _quoted_from(quote: str, message: Message) -> list[str]:
    """Return the sentences of a message that hold the quoted words; none if they are not all there, in a row."""
    wanted = _spoken(quote)
    sentences = split_sentences(message.text)
    words = [(word, place) for place, sentence in enumerate(sentences) for word in _spoken(sentence)]
    for start in range(len(words) - len(wanted) + 1):
        if len(wanted) >= 2 and [word for word, _ in words[start : start + len(wanted)]] == wanted:
            return [sentences[place] for place in sorted({place for _, place in words[start : start + len(wanted)]})]
    return []


def _subject_of(candidate: Candidate) -> str:
    subject = ONE_SUBJECT.get(candidate.kind) or " ".join(_WORD.findall(candidate.subject.casefold()))
    return subject[:LONGEST_SUBJECT] or candidate.kind


def _is_covered(text: str, sentences: Sequence[str], kind: str) -> bool:
    """Whether a text says no more than the sentences: names and numbers all stand there, of the other words most."""
    said = {word for sentence in sentences for word in _spoken(sentence)}
    own = [word for word in _WORD.findall(text)[2:] if not (kind == "plan" and _is_of_date(word))]
    if not all(_is_said(word, said) for word in own if word[0].isupper() or word[0].isdigit()):
        return False
    telling = [word.casefold() for word in own if word.casefold() not in words("telling_nothing")]
    if not telling:
        return kind in STANDING
    shared = sum(_is_said(word, said) for word in telling)
    foreign = find_language(" ".join(sentences)) not in (None, "en")
    return shared >= (1 if foreign else COVERED * len(telling))


def _is_of_date(word: str) -> bool:
    """Whether a word belongs to a date, which a plan may have worked out of "next Friday"."""
    return word in _MONTHS or word.isdigit()


def _is_said(word: str, said: set[str]) -> bool:
    """Whether a word was said, perhaps in another form: "teaches" for "teach"."""
    word = word.casefold()
    stem = word[: max(4, len(word) - 3)]
    return word in said or (len(word) > 4 and any(one.startswith(stem) for one in said))


def _spoken(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text.replace("’", "'"))]


def _is_under_age(text: str) -> bool:
    return any(int(number) < ADULT for number in re.findall(r"\b\d{1,3}\b", text))
