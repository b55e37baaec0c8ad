"""The parts of a persona: voice, biography, boundaries, example dialogues, rhythm, model. Data, checked as it is read."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from core.nouns import TimeOfDay

Text: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2000)]
Slug: TypeAlias = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9-]{1,39}$", description="2 to 40 small letters, digits and hyphens, a letter first")
]
Language: TypeAlias = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$", description='a language\'s code such as "en" or "pt-BR"')
]


class Voice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the persona writes. `emoji_rate` is the share of replies that end in one; `typical_chars` the usual length.

    `most_emoji` and `longest_chars` bound one reply; `sayings` are its catch-phrases, which wear out when they come too often.
    """

    rules: Annotated[tuple[Text, ...], Meta(min_length=1)]
    emoji: tuple[str, ...] = ()
    emoji_rate: Annotated[float, Meta(ge=0, le=1)] = 0.0
    most_emoji: Annotated[int, Meta(ge=0, le=20)] = 2
    typical_chars: Annotated[int, Meta(ge=20, le=1000)] = 200
    longest_chars: Annotated[int, Meta(ge=40, le=8000)] | None = None
    sayings: tuple[Text, ...] = ()


FixedKind: TypeAlias = Literal[
    "name", "age", "birthday", "home", "origin", "trade", "pet", "family", "partner", "studies", "language"
]
"""What can be fixed of a persona, so that no reply may say otherwise."""


class Fixed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fixed fact: `values` are all the ways in which it is rightly told ("Lisbon", "Lisboa")."""

    what: FixedKind
    values: Annotated[tuple[Text, ...], Meta(min_length=1)]


class Fact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is true of the persona: `about` are the words a question about it would use, in all its languages.

    `text` is in the persona's first language, `text_in` the same in others by code.
    """

    about: Annotated[tuple[str, ...], Meta(min_length=1)]
    text: Text
    text_in: dict[str, Text] = {}
    fixed: tuple[Fixed, ...] = ()

    def told_in(self, language: str) -> str:
        """Return the text in a language, or as it stands where there is none."""
        return self.text_in.get(language, self.text)


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of an example dialogue. `who` is fan or persona."""

    who: Literal["fan", "persona"]
    text: Text


class Dialogue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An example of how the persona talks, read by a language model; `language` is a code such as "en"."""

    lines: Annotated[tuple[Line, ...], Meta(min_length=2, max_length=40)]
    language: Language = "en"


class Boundaries(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the persona stops. `forbidden` are phrases that it never says, in whatever case; `limits` what it does not do.

    `sales`: how it sells within the house's policy: not at all (`none`), only when asked (`asked`), or now and then (`soft`).
    """

    forbidden: tuple[Text, ...] = ()
    limits: tuple[Text, ...] = ()
    likes: tuple[Text, ...] = ()
    dislikes: tuple[Text, ...] = ()
    sales: Literal["none", "asked", "soft"] = "asked"


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the persona is usually about between two times of day in its own zone."""

    begins: TimeOfDay
    ends: TimeOfDay
    doing: Text


class ModelChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which chat model speaks for the persona and how: none is the house's own. `window_tokens` bounds one prompt."""

    chat_model: str | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    reply_tokens: Annotated[int, Meta(ge=16, le=8192)] | None = None
    window_tokens: Annotated[int, Meta(ge=1024, le=1_000_000)] | None = None
