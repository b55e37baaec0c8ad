"""Personas as folders, versions and cards: one file a verb in `cli/persona/` and `cli/cards/`, named in `VERBS`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import cast

from cli.commands import Command

HELP = "Personas: write and check folders, load them as versions, compare, roll back, talk to them; character cards in and out."
VERBS = {
    "new": "cli.persona.new",
    "validate": "cli.persona.validate",
    "show": "cli.persona.show",
    "diff": "cli.persona.diff",
    "load": "cli.persona.load",
    "age": "cli.persona.age",
    "versions": "cli.persona.versions",
    "rollback": "cli.persona.rollback",
    "chat": "cli.persona.chat",
    "import": "cli.cards.import_card",
    "export": "cli.cards.export_card",
}


def load_verb(name: str) -> Command:
    """Return one of `VERBS`; it looks like a command."""
    return cast(Command, import_module(VERBS[name]))


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
