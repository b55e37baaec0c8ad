"""Reading the files of a persona's folder, with errors that name file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from core.errors import Misconfigured
from personas.findings import look_over
from personas.positions import KeyPath, find_lines, line_of

T = TypeVar("T")
LARGEST = 2_000_000
"""Bytes that one file of a persona may have."""

LINE = re.compile(r"\(at line (\d+)")


class Problem(Struct, frozen=True, order=True):
    """What is wrong at a line of a file (0: with the file itself), as one sentence with its remedy."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        """Write it as editors read it: `voice.toml:12: emoji_rate is 5; give a number from 0 to 1.`."""
        return f"{shorten(self.file)}:{f'{self.line}:' if self.line else ''} {self.sentence}"


class Document(Struct, frozen=True):
    """A TOML file that was read: its content, and the line of each key."""

    path: Path
    table: dict[str, Any]
    lines: dict[KeyPath, int]

    def problem(self, path: KeyPath, sentence: str) -> Problem:
        """Say what is wrong with a key."""
        return Problem(self.path, line_of(self.lines, path), sentence)


def open_document(path: Path) -> Document | Problem:
    """Read one TOML file, or say why it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            return Problem(path, 0, f"the file is too large; {LARGEST // 1_000_000} MB is the most.")
        text = path.read_text(encoding="utf-8")
        return Document(path, tomllib.loads(text), find_lines(text))
    except FileNotFoundError:
        return Problem(path, 0, "the file is missing; every persona's folder needs it.")
    except UnicodeDecodeError:
        return Problem(path, 0, "this is no text in UTF-8; save it so.")
    except OSError as error:
        return Problem(path, 0, f"the file cannot be read ({error.strerror}).")
    except RecursionError:
        return Problem(path, 0, "this is nested too deeply to be a persona; take out the lists within lists.")
    except tomllib.TOMLDecodeError as error:
        found = LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        return Problem(
            path, line, f"this is no TOML: {LINE.split(str(error))[0].strip()}; mend the line, or the one before it."
        )


def read_document(path: Path, kind: type[T]) -> T:
    """Read one TOML file as a type. Raises `Misconfigured` with all that is wrong, naming file, line and remedy."""
    document = open_document(path)
    if isinstance(document, Problem):
        raise refuse([document])
    if problems := [document.problem(found.path, found.sentence) for found in look_over(document.table, kind)]:
        raise refuse(problems)
    return msgspec.convert(document.table, kind)


def refuse(problems: Sequence[Problem]) -> Misconfigured:
    """Make the error that tells all of some problems, a line each."""
    return Misconfigured("\n".join(map(str, problems)))


def shorten(path: Path) -> str:
    """Write a path as seen from the present folder, where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
