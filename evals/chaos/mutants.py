"""Mutations: what is left of Muse when one mechanism is taken away. Each is a file in `mutations/` and must be caught by a run.

An edit names words of one file that stand there exactly once, so that a mutation which the source has outgrown says so.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from core.errors import Misconfigured
from evals.chaos.report import Report

FOLDER = Path(__file__).parent / "mutations"
LEDGER_CHECK = "ledger check"


class Edit(Struct, frozen=True):
    """Words of a file and what stands in their place."""

    file: str
    find: str
    replace: str


class Mutation(Struct, frozen=True):
    """A mechanism taken away; `focus` is the run that must catch it, by one of the kinds in `caught_by`."""

    says: str
    focus: str
    caught_by: tuple[str, ...]
    edits: tuple[Edit, ...]
    name: str = ""


def read_mutations() -> dict[str, Mutation]:
    """Return every mutation by its name."""
    found = {}
    for file in sorted(FOLDER.glob("*.toml")):
        found[file.stem] = msgspec.convert({**tomllib.loads(file.read_text()), "name": file.stem}, Mutation)
    return found


def mutate(mutation: Mutation, root: Path) -> None:
    """Apply a mutation to a copy of the tree. Raises `Misconfigured` when it has lost its aim; nothing is written then."""
    changed: dict[Path, str] = {}
    for edit in mutation.edits:
        file = root / edit.file
        text = changed.get(file) or file.read_text()
        if (times := text.count(edit.find)) != 1:
            raise Misconfigured(f"The mutation {mutation.name} has lost its aim: its words stand {times} times in {edit.file}.")
        if later := _written_anew(file, edit.find):
            raise Misconfigured(f"The mutation {mutation.name} has lost its aim: {later} writes anew what {edit.file} says.")
        changed[file] = text.replace(edit.find, edit.replace)
    for file, text in changed.items():
        file.write_text(text)


def _written_anew(file: Path, words: str) -> str | None:
    """Return the later migration that writes the same words anew, so that a change to the earlier one changes nothing."""
    if file.parent.name != "migrations":
        return None
    later = (one for one in sorted(file.parent.glob("*.sql")) if one.name > file.name)
    return next((one.name for one in later if words in one.read_text()), None)


def caught(mutation: Mutation, report: Report) -> tuple[str, ...]:
    """Return by what a run has caught a mutation, of the kinds that should."""
    seen = [kind for kind, n in report.totals.items() if n] + ([LEDGER_CHECK] if report.violations else [])
    return tuple(kind for kind in seen if kind in mutation.caught_by)
