"""What a persona is: who speaks, how, in which words, and what it never does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta, Struct

from core.errors import BadInput
from core.nouns import Look, Pace
from personas.findings import suggest
from personas.lorebook import Lorebook
from personas.positions import KeyPath
from personas.traits import Boundaries, Dialogue, Fact, Hours, Language, ModelChoice, Slug, Text, Voice

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

SMALL_THINGS = frozenset(
    {"laugh", "nod", "decline", "smile", "joke", "song", "game", "bored", "good_news", "own_pictures", "free", "shop"}
    | {"feelings", "sleep", "refusal", "heard", "picture_coming", "picture_ready", "picture_failed", "promo", "code_refused"}
    | {"picture_waits", "picture_busy", "picture_enough"}
    | {"resting", "own_limit", "no_custom", "custom_vault", "lies_reduced"}
)
"""What needs no more than an easy word; a persona may leave them to the house's lines."""

SCRIPTED = frozenset({"crisis", "age_statement", "opt_out", "are_you_real", "refund"})
"""Intents that house templates answer; a persona has no lines of its own for them."""

NUMBER = re.compile(r"\d+")
ZONES = frozenset(available_timezones())

Age: TypeAlias = Annotated[int, Meta(ge=ADULT, le=120, description=f"an age from {ADULT} to 120: nobody here is younger")]


class Persona(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of an influencer's character. Lines are keyed by intent or occasion; times are the persona's own zone.

    `age` none: nobody stated it yet, and the influencer stays off until an operator does. `lines` are in the first of
    `languages`, `lines_in` those in others by code, as `greeting_in` and `waiting_in` are; without any lines the house's own
    are said. `autonomy` is what new accounts begin with.
    """

    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    age: Age | None
    pronouns: Text
    tagline: Text
    accent: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$", description='a colour such as "#7c5cff"')]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    time_zone: str
    biography: tuple[Fact, ...]
    voice: Voice
    greeting: Text
    waiting: Text
    greeting_in: dict[str, Text] = {}
    waiting_in: dict[str, Text] = {}
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
        """Refuse what the types cannot say: see `contradictions`."""
        if wrong := next(contradictions(self), None):
            raise ValueError(wrong[1].rstrip("."))

    def greet(self, language: str) -> str:
        """Return the greeting in a language, or as it stands where there is none."""
        return self.greeting_in.get(language, self.greeting)

    def ask_to_wait(self, language: str) -> str:
        """Return the waiting line in a language, or as it stands where there is none."""
        return self.waiting_in.get(language, self.waiting)

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


def contradictions(persona: Persona) -> Iterator[tuple[KeyPath, str]]:
    """Yield what does not hold together: the path of a key, and a sentence that says what to do."""
    if persona.time_zone not in ZONES:
        hint = suggest(persona.time_zone, sorted(ZONES)) if "/" in persona.time_zone else ""
        likely = hint if hint.startswith("did") else "give a zone's name such as Europe/Lisbon."
        yield ("time_zone",), f'time_zone is "{persona.time_zone}", which is no zone; {likely}'
    yield from _of_age(persona)
    voice = persona.voice
    if voice.longest_chars is not None and voice.longest_chars < voice.typical_chars:
        yield ("voice", "longest_chars"), f"longest_chars is below typical_chars; give at least {voice.typical_chars}."
    yield from _of_lines(("lines",), persona.lines)
    for code, lines in persona.lines_in.items():
        if code not in persona.languages:
            yield ("lines_in", code), f"lines are in {code}, which is not among languages; add it to languages in persona.toml."
        yield from _of_lines(("lines_in", code), lines)


def _of_age(persona: Persona) -> Iterator[tuple[KeyPath, str]]:
    """Find fixed ages that are not the persona's: any fixed number must be it, so that no statement below can slip in."""
    for place, fact in enumerate(persona.biography):
        for fixed in (number for number, one in enumerate(fact.fixed) if one.what == "age"):
            for value in fact.fixed[fixed].values:
                said = NUMBER.search(value)
                if said and persona.age is not None and int(said[0]) != persona.age:
                    path = ("biography", place, "fixed", fixed)
                    yield path, f'the fixed age "{value}" is not the age {persona.age}; make them the same.'


def _of_lines(path: KeyPath, lines: Mapping[str, tuple[Text, ...]]) -> Iterator[tuple[KeyPath, str]]:
    """Find unknown intents, scripted ones, and gaps where there are lines at all."""
    needed = INTENTS | OCCASIONS
    known = needed | SMALL_THINGS
    for name in sorted(lines.keys() - known):
        yield (*path, name), f"{name} is neither an intent nor an occasion; {suggest(name, sorted(known - SCRIPTED))}"
    for name in sorted(lines.keys() & SCRIPTED):
        yield (*path, name), f"{name} is answered by the house's own text; take it out."
    for name in sorted(name for name in needed - SCRIPTED if lines and not lines.get(name)):
        yield (*path, name), f"{name} is missing; write at least one line for it."
