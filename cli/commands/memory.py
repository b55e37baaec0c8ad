"""What an influencer knows of fans, looked at and measured from outside; each action is a file in `cli/memory/`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.commands import Command
from cli.memory import bench

HELP = "Measure and look after memory."
ACTIONS: dict[str, Command] = {"bench": bench}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    for name, action in ACTIONS.items():
        action.add_arguments(actions.add_parser(name, help=action.HELP, description=action.HELP))


def run(arguments: Namespace) -> int:
    """Do the action. Raises `MuseError`."""
    return ACTIONS[arguments.action].run(arguments)
