"""What a persona is: who speaks, how, in which words, and what it never does."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta, Struct

from core.errors import BadInput
from core.nouns import Pace

ADULT = 18
"""The least age of a persona, years. What we ship is 25 or more."""

Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,39}$")]

INTENTS = frozenset(
    {"greeting", "small_talk", "how_are_you", "compliment", "content_request", "price", "discount", "complaint", "support"}
    | {"are_you_real", "meet_up", "explicit_request", "crisis", "age_statement", "opt_out", "tell_fact", "ask_recalled_fact"}
    | {"thanks", "goodbye", "question_about_me", "other"}
)
"""What a fan may want, as the reflex brain tells it apart."""

OCCASIONS = frozenset({"offer", "owned", "no_pack", "purchase", "unknown_fact", "media", "comfort", "unknown_self"})
"""What happens besides: a pack was found, is owned, is missing, was bought; a fact of the fan or of the persona is not known;
media came in; somebody sounds low."""

SCRIPTED = frozenset({"crisis", "age_statement", "opt_out", "are_you_real"})
"""Intents that house templates answer; a persona has no lines of its own for them."""


class Voice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the persona writes. `emoji_rate` is the share of replies that end in one; `typical_chars` the usual length."""

    rules: Annotated[tuple[Text, ...], Meta(min_length=2)]
    emoji: tuple[str, ...] = ()
    emoji_rate: Annotated[float, Meta(ge=0, le=1)] = 0.0
    typical_chars: Annotated[int, Meta(ge=20, le=1000)] = 200


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is true of the persona: `about` are the words a question about it would use."""

    about: Annotated[tuple[str, ...], Meta(min_length=1)]
    text: Text


class Persona(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of an influencer's character. Lines are keyed by intent or occasion; times are the persona's own zone."""

    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    age: Annotated[int, Meta(ge=ADULT, le=120)]
    pronouns: Text
    tagline: Text
    accent: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$")]
    languages: Annotated[tuple[str, ...], Meta(min_length=1)]
    time_zone: str
    biography: Annotated[tuple[Fact, ...], Meta(min_length=5)]
    voice: Voice
    greeting: Text
    waiting: Text
    refuses: Annotated[tuple[Text, ...], Meta(min_length=1)]
    lines: dict[str, tuple[Text, ...]]
    tools: tuple[str, ...] = ()
    pace: Pace = Pace()

    def __post_init__(self) -> None:
        """Refuse what the types cannot say: unknown zones, unknown intents, missing lines."""
        if self.time_zone not in available_timezones():
            raise ValueError(f"time_zone {self.time_zone!r} is not a zone name such as Europe/Lisbon")
        known = INTENTS | OCCASIONS
        if unknown := sorted(self.lines.keys() - known):
            raise ValueError(f"lines.{unknown[0]} is neither an intent nor an occasion; known are: {', '.join(sorted(known))}")
        if scripted := sorted(self.lines.keys() & SCRIPTED):
            raise ValueError(f"lines.{scripted[0]} is answered by the house's own text; take it out")
        if missing := sorted(name for name in known - SCRIPTED if not self.lines.get(name)):
            raise ValueError(f"lines.{missing[0]} is missing; write at least one line for it")

    @property
    def zone(self) -> ZoneInfo:
        """Return the persona's time zone."""
        return ZoneInfo(self.time_zone)

    def to_document(self) -> dict[str, Any]:
        """Return the persona as plain JSON values, as a row keeps it."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Persona:
        """Read a persona back from plain JSON values. Raises `BadInput`, naming the key."""
        try:
            return msgspec.convert(document, cls)
        except msgspec.ValidationError as error:
            raise BadInput(f"This is not a persona: {error}.") from error

    @property
    def checksum(self) -> str:
        """Return a hex digest over the whole content, the same for the same content in any order of keys."""
        return hashlib.sha256(msgspec.json.encode(self.to_document(), order="sorted")).hexdigest()
