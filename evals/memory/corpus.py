"""Talks with questions about them, whatever file they came from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct


class Line(Struct, frozen=True):
    """One message; `author` is fan or agent. `id` is the file's own and stands once in its talk."""

    id: str
    author: str
    text: str
    at: datetime


class Question(Struct, frozen=True):
    """A question and the ids of the messages that answer it."""

    text: str
    evidence: frozenset[str]
    category: str


class Talk(Struct, frozen=True):
    """One conversation in order of time, between a fan and an influencer of those names."""

    name: str
    fan: str
    influencer: str
    lines: tuple[Line, ...]
    questions: tuple[Question, ...]


class Corpus(Struct, frozen=True):
    """What was read of a file. `skipped`: evidence that names no message; `unasked`: questions left without evidence.

    `apart`: categories that are reported by themselves and count in no mean.
    """

    talks: tuple[Talk, ...]
    skipped: int = 0
    unasked: int = 0
    apart: frozenset[str] = frozenset()


Reader: TypeAlias = Callable[[Path], Corpus]
