"""Writes a folder to begin a persona with."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from core.errors import BadInput

HELP = "write a folder to begin with, every key explained; the age must be stated, and be 18 or more"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare who it is."""
    parser.add_argument("name", help="the name, such as Luna; the folder is called by its short form")
    parser.add_argument("--age", type=int, metavar="YEARS", help="how old it is, in years; asked for if not given")
    parser.add_argument(
        "--in", dest="parent", type=Path, default=Path(), metavar="FOLDER", help="where the folder is made (here)"
    )
    parser.add_argument("--pronouns", default="she/her", help="she/her if not given")
    parser.add_argument("--language", default="en", metavar="CODE", help="the mother tongue (en)")
    parser.add_argument("--zone", default="Europe/Lisbon", metavar="ZONE", help="the time zone (Europe/Lisbon)")


def run(arguments: Namespace) -> int:
    """Write it and say where it is. Raises `BadInput`."""
    from personas.starting import Beginning, write_folder

    age = arguments.age if arguments.age is not None else _ask(arguments.name)
    beginning = Beginning(
        name=arguments.name, age=age, pronouns=arguments.pronouns, language=arguments.language, zone=arguments.zone
    )
    folder = write_folder(arguments.parent, beginning)
    print(f"{folder} is written. Change what is in it, then:\n  muse persona validate {folder}\n  muse persona load {folder}")
    return 0


def _ask(name: str) -> int:
    if not sys.stdin.isatty():
        raise BadInput(f"State how old {name} is, in years: --age 27")
    given = input(f"How old is {name}, in years? ").strip()
    if not given.isdecimal():
        raise BadInput(f"{given!r} is no age; give whole years, such as 27.")
    return int(given)
