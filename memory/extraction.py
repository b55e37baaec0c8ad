"""Finds facts in what a fan wrote, by rules and without a model. Careful rather than clever: a gap is better than junk.

The rules are data (`rules/`). A sentence counts only if it is told in earnest (`guards.py`), in the first person, and holds
nothing that must not be kept; what fills a fact's sentence is checked word by word (`slots/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.ids import new_id
from core.nouns import Message
from core.turns import RememberFact
from memory.dates import MONTHS
from memory.guards import is_in_earnest, is_meant_wish, is_negated, is_storable, strip_quoted
from memory.languages import find_language
from memory.rulebook import LANGUAGES, Compiled, Rule, load_rules
from memory.slots.days import UnderAge
from memory.slots.people import with_article
from memory.slots.table import SLOTS
from memory.slots.words import Occasion

LONGEST = 2000
"""Characters of one message that are read: more is a pasted text, not something told."""

SURE = 0.9
"""How sure the language of a message must be, for other languages' rules to be left out: "dance studio" is no Italian."""

LONGEST_SENTENCE = 500
"""Characters of one sentence: more is no sentence, and patterns would take long over it."""

AGES = ("age", "birthday")
"""Kinds that are read in every language, whatever a message seems to be in: they may say that a fan is under age."""

MOST = 8
"""Facts taken from one burst."""

_SENTENCE = re.compile(
    rf"(?:[^.!?\n;…]|(?<=\d)\.(?=\d| (?:{'|'.join(name for names in MONTHS for name in names)})\b))+[.!?\n;…]*", re.IGNORECASE
)
_ITS_NAME = re.compile(
    r"\b(\w+)(?: lol| haha)?\s*[.!\n]+\s*((?:his|her|its) name|(?:he|she|it)(?:'s| is) called)\b", re.IGNORECASE
)
_NOT_BUT = re.compile(
    r"\b((?:my name(?:'?s| is) not|my name isn'?t|i'?m not)(?: called)? [\w'-]+)"
    r"\s*[.!\n;]+\s*((?:it|i|my name)(?:'?s|'?m| is| am)\b)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w\W?\w")
_FURTHER = re.compile(r"(?<!\w)(?:also|another|second|other)(?!\w)", re.IGNORECASE)
_TOO = re.compile(r"\W*(?:too|as well)(?!\w)", re.IGNORECASE)
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Prof)\.(?= ?[A-Z])")
_SUBJECT = re.compile(r"(?<![\w'])(i'?m|i'?ve|i|my name|he|she|they|you|u|we|it|who|that|my \w+|your \w+)(?!\w)", re.IGNORECASE)
_CLAUSE = re.compile(r"[,:]|(?<!\w)(?:and|but|und|y|et|e|mais|pero|ma|mas)(?!\w)", re.IGNORECASE)


class RuleExtractor:
    """Implements `core.ports.FactExtractor` with rules in six languages."""

    def __init__(self) -> None:
        """Load rules and languages now, so that no turn waits for them."""
        load_rules()
        find_language("", LANGUAGES)

    async def extract(self, messages: Sequence[Message]) -> list[RememberFact]:
        """Return candidate facts, at most eight; none at all from a burst in which the fan says to be under age."""
        found: dict[tuple[str, str, bool], RememberFact] = {}
        try:
            for message in messages:
                if message.author == "fan" and message.kind in ("text", "media"):
                    for fact in sorted(_read(message), key=lambda fact: not fact.ends):  # first what ends, then what begins
                        place = (fact.kind, fact.subject, bool(fact.ends))
                        known = found.get(place)
                        if known is None or fact.confidence >= known.confidence:
                            found[place] = fact
        except UnderAge:
            return []
        kept = sorted(found.values(), key=lambda fact: -fact.importance)[:MOST]
        return [fact for fact in found.values() if fact in kept]


def _read(message: Message) -> Iterator[RememberFact]:
    language = find_language(message.text[:LONGEST], LANGUAGES, SURE)
    rules = [compiled for compiled in load_rules() if language in (None, compiled.language) or compiled.rule.kind in AGES]
    for sentence in split_sentences(message.text):
        if not _WORDS.search(sentence):
            continue
        if len(sentence) > LONGEST_SENTENCE:
            for compiled in (compiled for compiled in rules if compiled.rule.kind in AGES):
                list(_facts(compiled, sentence, message))  # nothing of it is kept, but an age below eighteen is heard
            continue
        told, ended, wished = is_in_earnest(sentence), is_in_earnest(sentence, ended=True), is_meant_wish(sentence)
        if not (ended or wished) or not is_storable(sentence):
            continue
        for compiled in rules:
            rule = compiled.rule
            if wished if rule.wish else ended if rule.ends else told:
                yield from _facts(compiled, sentence, message)


def split_sentences(text: str) -> list[str]:
    """Cut a message into sentences, without what is quoted in it; a name given in a sentence of its own joins its pet."""
    text = strip_quoted(text[:LONGEST].replace("’", "'").replace("`", "'"))
    text = _TITLE.sub(r"\1", text)
    text = _NOT_BUT.sub(r"\1, \2", _ITS_NAME.sub(r"\1, \2", text))
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]


def _facts(compiled: Compiled, sentence: str, message: Message) -> Iterator[RememberFact]:
    """Return what one rule finds in a sentence."""
    rule, occasion = compiled.rule, Occasion(compiled.pets, message.sent_at.date(), compiled.terms)
    for match in _first_matches(compiled, sentence):
        if not _is_mine(match, sentence) or is_negated(_clause_before(match, sentence)):
            continue
        groups = {name: raw for name, raw in match.groupdict().items() if raw is not None and name in SLOTS}
        filled = [_fill(group, occasion) for group in (_spread(groups) if rule.several else [groups])]
        if filled[0] is None:  # "the colour and texture": where the first is no thing, the second is hardly one
            continue
        for slots in (slots for slots in filled if slots is not None):
            further = bool(rule.another) and _is_further(match, sentence, slots["name"])
            fact = _make(rule, slots, message, rule.another if further else rule.subject)
            if is_storable(fact.text):
                yield fact


def _make(rule: Rule, slots: dict[str, str], message: Message, subject: str) -> RememberFact:
    return RememberFact(
        fact_id=new_id(),
        kind=rule.kind,
        subject=subject.format_map(slots).casefold(),
        text=rule.text.format_map(slots),
        source_message_ids=(message.id,),
        importance=rule.importance,
        confidence=rule.confidence,
        standing=rule.standing,
        ends=rule.ends.format_map(slots),
    )


def _first_matches(compiled: Compiled, sentence: str) -> Iterator[re.Match[str]]:
    for pattern in compiled.patterns:
        yield from pattern.finditer(sentence)


def _fill(groups: dict[str, str], occasion: Occasion) -> dict[str, str] | None:
    slots: dict[str, str] = {}
    for name, raw in groups.items():
        value = SLOTS[name](raw, occasion)
        if value is None:
            return None
        slots[name] = value
        if name.startswith(("a_", "an_")):
            slots[name.split("_", 1)[1]] = value
            slots[name] = with_article(value)
    return slots


def _spread(groups: dict[str, str]) -> list[dict[str, str]]:
    """Read "pizza and sushi" as two things, if nothing but a second thing stands after the "and"."""
    match = re.fullmatch(r"([\w' -]+?),? (?:and|&) (?:also )?([\w'-]+)[\s!.)]*", groups.get("thing", ""))
    if (
        not match
        or match[2].lower().endswith(("ed", "ing"))
        or match[2].lower() in ("hate", "love", "like", "went", "go", "want")
    ):
        return [groups]
    return [{**groups, "thing": match[1]}, {**groups, "thing": match[2]}]


def _is_mine(match: re.Match[str], sentence: str) -> bool:
    """Whether an "and live in …" without a subject still speaks of the fan."""
    if "elided" not in match.re.groupindex or match["elided"] is None:
        return True
    before = _SUBJECT.findall(sentence[: match.start()])
    return bool(before) and before[-1].lower() in ("i", "im", "i'm", "ive", "i've", "my name")


def _is_further(match: re.Match[str], sentence: str, name: str) -> bool:
    """Whether a name is told of one more ("I also have …", "… called Bo too"), not of the one that is known."""
    begin = match.start("name")
    said = _clause_before(match, sentence) + sentence[match.start() : begin]
    return bool(_FURTHER.search(said) or _TOO.match(sentence, begin + len(name)))


def _clause_before(match: re.Match[str], sentence: str) -> str:
    before = sentence[: match.start()]
    if "elided" in match.re.groupindex and match["elided"]:
        return before
    return "" if match[0].startswith(",") else _CLAUSE.split(before)[-1]
