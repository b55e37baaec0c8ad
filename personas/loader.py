"""From a folder of data to a persona: several files, each with its part, joined and checked as one.

All that is wrong is told at once, by file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.errors import Misconfigured
from personas.documents import Document, Problem, open_document, refuse
from personas.findings import Finding, look_over, suggest
from personas.packs import look_at_packs
from personas.positions import KeyPath
from personas.schema import Persona, contradictions

LIBRARY = Path(__file__).with_name("library")
PARTS = ("voice", "boundaries", "dialogues", "lorebook", "look", "lines")
"""Parts of a persona with a file of their own, `<part>.toml`; everything else stands in `persona.toml`."""

NEEDED = ("persona.toml", "voice.toml", "boundaries.toml")
FILES = ("persona.toml", *(f"{part}.toml" for part in PARTS), "packs.toml")
BESIDE = ("README.md", "LICENSE", "card.json", "card.png", "card.charx")
"""What may lie beside: words for people, and the character card that a folder came from."""

LINES_IN = re.compile(r"^lines\.(?P<code>[a-z]{2,3}(?:-[A-Z][A-Za-z]{1,3})?)\.toml$")
UNSTATED = "unstated"
"""An age that nobody has stated yet: TOML has no word for none."""


class Examined(Struct, frozen=True):
    """What a folder holds: the persona, if nothing is wrong, else all that is wrong."""

    persona: Persona | None
    problems: tuple[Problem, ...]


def list_personas(library: Path = LIBRARY) -> list[str]:
    """Name the personas of a library, in alphabetical order."""
    return sorted(path.parent.name for path in library.glob("*/persona.toml"))


def load_persona(folder: Path) -> Persona:
    """Read one persona's folder. Raises `Misconfigured` with all that is wrong, naming file, line and remedy."""
    examined = examine(folder)
    if examined.persona is None:
        raise refuse(examined.problems)
    return examined.persona


def load_from_library(slug: str, library: Path = LIBRARY) -> Persona:
    """Read a persona by its folder's name. Raises `Misconfigured`, naming those that there are."""
    names = list_personas(library)
    if slug not in names:
        raise Misconfigured(f"There is no persona {slug!r} in {library}; there are: {', '.join(names) or 'none'}.")
    return load_persona(library / slug)


def examine(folder: Path) -> Examined:
    """Read a persona's folder and everything in it that is wrong."""
    if not folder.is_dir():
        return Examined(None, (Problem(folder, 0, "there is no such folder; name one, or make it: muse persona new NAME"),))
    problems = list(_strangers(folder))
    whole = _Whole()
    for name in FILES[:-1]:
        if name in NEEDED or (folder / name).is_file():
            problems += whole.add(open_document(folder / name), name)
    for path in sorted(folder.glob("lines.*.toml")):
        if match := LINES_IN.match(path.name):
            problems += whole.add(open_document(path), match["code"])
    problems += whole.look()
    if not problems:
        problems += whole.look_for_contradictions()
    problems += look_at_packs(folder)
    slug = whole.table.get("slug")
    if isinstance(slug, str) and slug != folder.resolve().name:
        sentence = f'slug is "{slug}" but the folder is called "{folder.resolve().name}"; make them the same.'
        problems.append(whole.locate(Finding(("slug",), sentence)))
    return Examined(None if problems else msgspec.convert(whole.table, Persona), tuple(sorted(set(problems))))


def _strangers(folder: Path) -> Iterator[Problem]:
    """Find files that no part of a persona is read from: a misspelt one would be left out without a word."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in FILES or path.name in BESIDE or LINES_IN.match(path.name):
            continue
        yield Problem(path, 0, f"this is no file of a persona; {suggest(path.name, [*FILES, 'lines.<language>.toml'])}")


class _Unchecked(Persona, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A persona that has not been held against itself."""

    def __post_init__(self) -> None:
        """Refuse nothing."""


class _Whole:
    """A persona's document in the making, which knows from which file each part of it came."""

    def __init__(self) -> None:
        self.table: dict[str, Any] = {}
        self._homes: dict[KeyPath, tuple[Document, KeyPath]] = {}  # where a part's keys stand in which file
        self._lost: set[KeyPath] = set()  # parts whose file could not be read

    def add(self, read: Document | Problem, name: str) -> list[Problem]:
        """Join what a file holds; return what is wrong with the file as a whole."""
        part = name.removesuffix(".toml")
        if isinstance(read, Problem):
            self._lost.add((part,) if part in PARTS else () if part == "persona" else ("lines_in", part))
            return [read]
        if part == "persona":
            return list(self._add_identity(read))
        if part not in PARTS:
            self.table.setdefault("lines_in", {})[part] = read.table
            self._homes["lines_in", part] = (read, ())
        elif part == "dialogues":
            self.table["dialogues"] = read.table.get("dialogues", [])
            self._homes["dialogues",] = (read, ("dialogues",))
            return [read.problem((key,), f"{key} is no key; write [[dialogues]].") for key in read.table if key != "dialogues"]
        else:
            table = dict(read.table)
            if part == "boundaries" and "refuses" in table:
                self.table["refuses"] = table.pop("refuses")
            self.table[part] = table
            self._homes[part,] = (read, ())
            if part == "boundaries":
                self._homes["refuses",] = (read, ("refuses",))
        return []

    def _add_identity(self, read: Document) -> Iterator[Problem]:
        self._homes[()] = (read, ())
        for key, value in read.table.items():
            home = "boundaries" if key == "refuses" else "lines.<language>" if key == "lines_in" else key
            if home in PARTS or key == "lines_in":
                yield read.problem((key,), f"{key} stands in {home}.toml beside this file; move it there.")
            else:
                self.table[key] = None if key == "age" and value == UNSTATED else value

    def look(self) -> list[Problem]:
        """Return all that is wrong with the parts that could be read."""
        if () in self._lost:
            return []
        also: dict[KeyPath, tuple[str, ...]] = {("boundaries",): ("refuses",), (): PARTS}
        found = [one for one in look_over(self.table, Persona, also) if not self._is_lost(one.path)]
        return [self.locate(one) for one in found]

    def look_for_contradictions(self) -> list[Problem]:
        """Return what does not hold together, once each part is right by itself."""
        persona = msgspec.convert(self.table, _Unchecked)
        return [self.locate(Finding(path, sentence)) for path, sentence in contradictions(persona)]

    def _is_lost(self, path: KeyPath) -> bool:
        home = ("boundaries",) if path[:1] == ("refuses",) else path[: 2 if path[:1] == ("lines_in",) else 1]
        return home in self._lost

    def locate(self, finding: Finding) -> Problem:
        """Return the file and line of a finding."""
        path = finding.path
        if path == ("refuses",) and path not in self._homes and ("boundaries",) in self._homes:
            path = ("boundaries", "refuses")
        home = next(path[:n] for n in range(len(path), -1, -1) if path[:n] in self._homes)
        document, within = self._homes[home]
        return document.problem((*within, *path[len(home) :]), finding.sentence)
