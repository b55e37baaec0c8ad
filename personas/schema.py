"""What a persona is: who speaks, how, in which words, and what it never does."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta, Struct

from core.errors import BadInput
from core.nouns import Look, Pace
from personas.lorebook import Lorebook
from personas.traits import Boundaries, Dialogue, Fact, Hours, ModelChoice, Slug, Text, Voice

ADULT = 18
"""The least age of a persona, years. What we ship is 25 or more."""

INTENTS = frozenset(
    {"greeting", "small_talk", "how_are_you", "compliment", "content_request", "price", "discount", "complaint", "support"}
    | {"are_you_real", "meet_up", "explicit_request", "crisis", "age_statement", "opt_out", "tell_fact", "ask_recalled_fact"}
    | {"thanks", "goodbye", "question_about_me", "refund", "other"}
)
"""What a fan may want, as the reflex brain tells it apart."""

OCCASIONS = frozenset({"offer", "owned", "no_pack", "purchase", "unknown_fact", "media", "comfort", "unknown_self"})
"""What happens besides: a pack was found, is owned, is missing, was bought; a fact of the fan or of the persona is not known;
media came in; somebody sounds low."""

SCRIPTED = frozenset({"crisis", "age_statement", "opt_out", "are_you_real", "refund"})
"""Intents that house templates answer; a persona has no lines of its own for them."""


class Persona(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of an influencer's character. Lines are keyed by intent or occasion; times are the persona's own zone.

    `age` none: nobody stated it yet, and the influencer stays off until an operator does. `lines` are in the first of
    `languages`, `lines_in` those in others by code; without any the house's own are said. `autonomy` is what new accounts
    begin with.
    """

    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    age: Annotated[int, Meta(ge=ADULT, le=120)] | None
    pronouns: Text
    tagline: Text
    accent: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$")]
    languages: Annotated[tuple[str, ...], Meta(min_length=1)]
    time_zone: str
    biography: tuple[Fact, ...]
    voice: Voice
    greeting: Text
    waiting: Text
    refuses: Annotated[tuple[Text, ...], Meta(min_length=1)]
    lines: dict[str, tuple[Text, ...]] = {}
    lines_in: dict[str, dict[str, tuple[Text, ...]]] = {}
    tools: tuple[str, ...] = ()
    pace: Pace = Pace()
    boundaries: Boundaries = Boundaries()
    dialogues: tuple[Dialogue, ...] = ()
    lorebook: Lorebook | None = None
    look: Look = Look()
    rhythm: tuple[Hours, ...] = ()
    model: ModelChoice = ModelChoice()
    autonomy: Literal["auto", "risk", "approve", "off"] = "auto"

    def __post_init__(self) -> None:
        """Refuse what the types cannot say: unknown zones, unknown intents, missing lines."""
        if self.time_zone not in available_timezones():
            raise ValueError(f"time_zone {self.time_zone!r} is not a zone name such as Europe/Lisbon")
        for where, lines in [("lines", self.lines), *((f"lines_in.{code}", lines) for code, lines in self.lines_in.items())]:
            _check_lines(where, lines)
        if strange := sorted(self.lines_in.keys() - set(self.languages)):
            raise ValueError(f"lines_in.{strange[0]}: {strange[0]} is not among languages; add it there")

    @property
    def speaks(self) -> bool:
        """Whether this influencer may speak at all: its age has been stated."""
        return self.age is not None

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


def _check_lines(where: str, lines: dict[str, tuple[Text, ...]]) -> None:
    """Refuse unknown intents, scripted ones, and gaps where there are lines at all."""
    known = INTENTS | OCCASIONS
    if unknown := sorted(lines.keys() - known):
        raise ValueError(f"{where}.{unknown[0]} is neither an intent nor an occasion; known are: {', '.join(sorted(known))}")
    if scripted := sorted(lines.keys() & SCRIPTED):
        raise ValueError(f"{where}.{scripted[0]} is answered by the house's own text; take it out")
    if lines and (missing := sorted(name for name in known - SCRIPTED if not lines.get(name))):
        raise ValueError(f"{where}.{missing[0]} is missing; write at least one line for it")
