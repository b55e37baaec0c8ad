"""The labelled set: what fans write, and what of it is worth keeping (`labelled/`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

LABELLED = Path(__file__).with_name("labelled")
HALVES = ("tuned", "held_out")
GROUPS = ("told", "wish", "junk", "never")
_SAME_KIND = {"preference": "instruction", "study": "work"}


class Label(Struct, frozen=True):
    """A fact that should be kept: of this kind, its text holding all these words."""

    kind: str
    words: tuple[str, ...]

    def fits(self, kind: str, text: str) -> bool:
        """Whether a stored fact is the one that is meant."""
        said = text.casefold()
        return _SAME_KIND.get(kind, kind) == _SAME_KIND.get(self.kind, self.kind) and all(word in said for word in self.words)


class Case(Struct, frozen=True):
    """One message by itself. `group`: told, wish, junk (nothing to keep) or never (must not be kept)."""

    half: str
    language: str
    group: str
    text: str
    labels: tuple[Label, ...]


class Dialogue(Struct, frozen=True, forbid_unknown_fields=True):
    """What a fan says one after another; `minutes`: when by the platform's clock; what holds afterwards, and what is `gone`."""

    language: str
    says: tuple[str, ...]
    holds: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    minutes: tuple[int, ...] = ()
    held_out: bool = False

    @property
    def half(self) -> str:
        """Return which half it belongs to."""
        return "held_out" if self.held_out else "tuned"

    @property
    def labels(self) -> tuple[Label, ...]:
        """Return what holds afterwards."""
        return tuple(map(read_label, self.holds))

    def at(self, number: int) -> int:
        """Return the minute in which a message was said."""
        return self.minutes[number] if self.minutes else number


class _Dialogues(Struct, frozen=True, forbid_unknown_fields=True):
    dialogue: tuple[Dialogue, ...]


def read_label(text: str) -> Label:
    """Read "pet: dog rex"."""
    kind, _, words = text.partition(":")
    return Label(kind.strip(), tuple(words.casefold().split()))


def load_cases(halves: Sequence[str] = HALVES) -> list[Case]:
    """Return all labelled messages. Raises `msgspec.ValidationError` for a file that is written wrong."""
    return [case for half in halves for case in _read_half(half)]


def load_dialogues(halves: Sequence[str] = HALVES) -> list[Dialogue]:
    """Return all labelled dialogues."""
    file = msgspec.convert(tomllib.loads((LABELLED / "dialogues.toml").read_text()), _Dialogues)
    return [dialogue for dialogue in file.dialogue if dialogue.half in halves]


def _read_half(half: str) -> Iterator[Case]:
    raw = tomllib.loads((LABELLED / f"{half}.toml").read_text())
    groups = msgspec.convert(raw, dict[str, dict[str, list[str | list[str]]]])
    for language, by_group in groups.items():
        for group, messages in by_group.items():
            for message in messages:
                text, *labels = [message] if isinstance(message, str) else message
                yield Case(half, language, group, text, tuple(map(read_label, labels)))
