"""Checks persona folders."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "check folders and print all that is wrong, by file and line, and advice; exit code 1 when anything is wrong"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare which folders."""
    parser.add_argument(
        "folder", nargs="*", type=Path, help="a persona's folder, or one that holds several; the house's library if not given"
    )


def run(arguments: Namespace) -> int:
    """Print every problem of every folder, and one line for each that has none."""
    from personas.loader import LIBRARY, examine
    from personas.wardrobe import advise

    wrong = 0
    for folder in (one for given in arguments.folder or [LIBRARY] for one in _folders(given)):
        examined = examine(folder)
        for problem in examined.problems:
            print(problem)
        wrong += len(examined.problems)
        if examined.persona is not None:
            persona = examined.persona
            for sentence in advise(persona.look):
                print(f"{folder / 'look.toml'}: advice: {sentence}")
            silent = "" if persona.speaks else "; its age is unstated, so that it says nothing until an operator states one"
            print(f"{folder.name}: {persona.name} is well formed{silent}.")
    return 1 if wrong else 0


def _folders(given: Path) -> list[Path]:
    """Return the folder itself, or the personas' folders in it."""
    inside = sorted(path.parent for path in given.glob("*/persona.toml"))
    return [given] if (given / "persona.toml").is_file() or not inside else inside
