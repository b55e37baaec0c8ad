"""Personas as folders and as versions: one file a verb in `cli/persona/`, named in `VERBS`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import cast

from cli.commands import Command

HELP = "Personas: write and check folders, load them as versions, compare, roll back, and talk to them."
VERBS = ("validate",)


def load_verb(name: str) -> Command:
    """Return one of `VERBS`; it looks like a command."""
    return cast(Command, import_module(f"cli.persona.{name}"))


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="<verb>", required=True)
    for name in VERBS:
        verb = load_verb(name)
        sub = verbs.add_parser(name, help=verb.HELP)
        verb.add_arguments(sub)


def run(arguments: Namespace) -> int:
    """Do what the verb says. Raises `MuseError`."""
    return load_verb(arguments.verb).run(arguments)
