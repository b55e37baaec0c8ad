"""Personas as folders, versions and cards: one file a verb in `cli/persona/` and `cli/cards/`, named in `VERBS`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.commands import add_verbs, run_verb

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


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verbs."""
    add_verbs(parser, VERBS)


def run(arguments: Namespace) -> int:
    """Do what the verb says. Raises `MuseError`."""
    return run_verb(arguments, VERBS)
