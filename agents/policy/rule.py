"""What a policy rule is: a judgement over what came in, or over a reply, with examples of what must pass and what must not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from re import Pattern
from typing import Any
from uuid import UUID

from msgspec import Struct

from agents.plain_text import flatten, split_sentences
from agents.policy.regions import RulePack, choose_pack
from agents.policy.wording import choose_language, word
from agents.reflex.intents import Sight
from agents.reflex.languages import choose_spoken, read_fan, shorten
from agents.reflex.lines import LinePicker
from agents.watch.watcher import Sign
from core.nouns import Message, TurnInput
from core.outbound import PackPart
from core.turns import Effect
from personas.schema import Persona

LONG_ENOUGH = 8
"""Blanks from which on a text shows its language."""

EVERY = frozenset(("en", "de", "es", "fr", "it", "pt"))
UMLAUTS = frozenset("äöüß")
GERMAN = re.compile(
    r"\b(?:der|das|und|ich|du|ist|nicht|einen?|mir|mich|dir|dich|wenn|nur|noch|mit|auf|von|zu|es|sie|wir|dem?n?|im|auch|aber|wie"
    r"|deine?|meine?|habe?|hast|bin|bist|keine?|jetzt|oder|heute|nach|schon|doch)\b"
)
ROMANCE = re.compile(
    r"\b(?:del?|di|das|dos|da|el|la|les?|l[ao]s|lo|il|gli|que|qui|che|una?|une|uno|uma?|en|em|com|por|para|tu|te|toi|ton|ta|je|mi"
    r"|mon|su|sur|se|es|est|sei|seu|sua|pra|ne|non|y|et|solo|vous|ci|ce|cosa|como|quando|quand|eu|el[ea]|aux?|du|alla|nella?|na"
    r"|isso|esto)\b"
)

Patterns = Mapping[str, Sequence[Pattern[str]]]
"""Telling patterns by language; which one matched decides in which language the house answers."""


class Example(Struct, frozen=True):
    """One case a rule is tried on. `before` is what the persona said last; the rest describes fan and conversation.

    `earlier` is what the fan said in messages just before; `silent_h`: hours since the last word, `noticed_h`: since the last
    AI notice. `exchanges` went before, the fan answering each time after `answer_s` seconds, in the same words if `repeated`;
    `flurry_s` and `regions` are `TurnInput`'s.
    `persona_age`: somebody has stated how old the persona is. `link` says what a link code in it is worth.
    """

    text: str
    kind: str = "text"
    meta: dict[str, Any] = {}
    language: str | None = None
    before: str = ""
    earlier: tuple[str, ...] = ()
    silent_h: float | None = None
    noticed_h: float | None = None
    regions: tuple[str, ...] = ()
    disclosed: bool = True
    opted_out: bool = False
    persona_age: bool = True
    exchanges: int = 0
    answer_s: float = 60.0
    repeated: bool = False
    flurry_s: float | None = None
    link: str | None = None


class Ruling(Struct, frozen=True, kw_only=True):
    """What a rule makes of a burst. Texts in `say` are the house's own and leave unchanged.

    `covers`: messages that `say` answers in full. `ends`: nothing else may be said. `hold`: a person must look, the fan hears
    `say` only. `refuse`: no reply is due. `risk`: why the draft is risky. `note`: what the model should know.
    `no_sale`: nothing may be offered in this turn. `only_safe`: no tool may be used that changes anything but calling a person.
    """

    say: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    covers: frozenset[UUID] = frozenset()
    ends: bool = False
    hold: str | None = None
    refuse: str | None = None
    risk: str | None = None
    note: str | None = None
    no_sale: bool = False
    only_safe: bool = False


class Case(Struct, frozen=True):
    """What a rule over the inbound looks at. `signs`: what the watch found in the burst's sentences; none where it is off.

    `safety_url`: where the crisis protocol is published, empty: nowhere.
    """

    turn: TurnInput
    persona: Persona
    sights: tuple[Sight, ...] = ()
    signs: tuple[Sign, ...] = ()
    now: datetime | None = None
    safety_url: str = ""

    @property
    def moment(self) -> datetime:
        """Return the present: the house's clock, else when the burst ended."""
        return self.now or (self.turn.burst[-1].sent_at if self.turn.burst else datetime.min.replace(tzinfo=UTC))

    @property
    def pack(self) -> RulePack:
        """Return the rule pack that this turn runs under."""
        return choose_pack(self.turn.regions, self.moment.date())

    def fan_messages(self) -> Iterator[Message]:
        """Go through what the fan said in this burst."""
        return (message for message in self.turn.burst if message.author == "fan")

    def said_before(self) -> str:
        """Return the persona's last words before the burst."""
        return next((m.text for m in reversed(self.turn.window) if m.direction == "out" or m.author == "agent"), "")

    def spoken(self) -> str:
        """Return the language in which the persona answers."""
        return choose_spoken(self.turn, self.persona)

    def pick_line(self, occasion: str) -> str:
        """Return one of the persona's lines, in the language of the talk, that was not said just now."""
        said = [message.text for message in self.turn.window if message.author == "agent"]
        return LinePicker(self.persona, str(self.turn.lease.turn_id), said, self.spoken()).pick(occasion)

    def written(self) -> str | None:
        """Return the language that the fan writes, in this burst or lately, where it is surely read."""
        return read_fan(self.turn, self.persona)

    def language(self, *hints: str | None) -> str:
        """Choose the language of the house's answer: the hints, what the fan writes in, the platform's word, the persona's.

        The platform's counts only where the persona speaks it: a browser is set to English by many who write Spanish.
        """
        told = shorten(self.turn.fan.language)
        return choose_language(
            *hints, self.written(), told if told in self.persona.languages else None, self.persona.languages[0]
        )

    def word(self, key: str, *hints: str | None) -> str:
        """Return one of the house's texts, in the fan's language."""
        return word(key, self.persona.name, self.language(*hints), self.turn.lease.turn_id.int)


class Reply(Struct, frozen=True):
    """What a rule over the outbound looks at: the persona's words, the packs offered and what tools answered.

    `platform` is where it goes, and `adult_ok` what that place allows.
    """

    text: str
    packs: tuple[PackPart, ...] = ()
    tool_answers: tuple[str, ...] = ()
    platform: str = ""
    adult_ok: bool = False


class InboundRule(Struct, frozen=True, kw_only=True):
    """A rule over what came in; `good` must pass without a ruling, `bad` must get one."""

    name: str
    judge: Callable[[Case], Ruling | None]
    good: tuple[Example, ...]
    bad: tuple[Example, ...]


class ReplyRule(Struct, frozen=True, kw_only=True):
    """A rule over a reply; the judge returns what is wrong with it, or None."""

    name: str
    judge: Callable[[Reply], str | None]
    good: tuple[str, ...]
    bad: tuple[str, ...]


def matching_language(text: str, patterns: Patterns) -> str | None:
    """Return the language whose pattern is found in the text."""
    flat = flatten(text)
    return next((language for language, group in patterns.items() if any(pattern.search(flat) for pattern in group)), None)


@lru_cache(maxsize=32)
def split_reply(text: str) -> Sequence[str]:
    """Cut a reply into sentences, plain: in small letters, with one kind of apostrophe."""
    return tuple(split_sentences(flatten(text)))


@lru_cache(maxsize=32)
def find_spoken(flat: str) -> frozenset[str]:
    """Return the languages whose patterns are worth looking for in a plain text.

    It spares only what leaves no trace: German and the four Romance languages in a text of some length that has none of their
    letters and small words. A text may be in several.
    """
    if flat.count(" ") < LONG_ENOUGH:
        return EVERY
    german = GERMAN.search(flat) is not None or not UMLAUTS.isdisjoint(flat)
    romance = ROMANCE.search(flat) is not None or any(sign.isalpha() and sign not in UMLAUTS for sign in flat if sign > "\x7f")
    return frozenset(("en", *(("de",) if german else ()), *(("es", "fr", "it", "pt") if romance else ())))


def find_words(text: str, patterns: Patterns, denied: Pattern[str] | None = None) -> str | None:
    """Return the words that match in a sentence of a reply, of any language; not in a sentence that denies it."""
    spoken = find_spoken(flatten(text))
    for sentence in split_reply(text):
        if denied is None or not denied.search(sentence):
            for pattern in (pattern for tongue, group in patterns.items() if tongue in spoken for pattern in group):
                if found := pattern.search(sentence):
                    return found[0].strip()
    return None


def examples(*texts: str) -> tuple[Example, ...]:
    """Make plain examples of texts."""
    return tuple(Example(text) for text in texts)
