"""Memory: what influencers know of fans. Each group of verbs lies in a module of its own and joins with one line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

HELP = "Show what is known of a fan, and set it right."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    from cli.fans import facts

    facts.declare(parser.add_subparsers(dest="action", metavar="<action>", required=True))


def run(arguments: Namespace) -> int:
    """Do it. Raises `MuseError`."""
    from cli.fans import facts

    return facts.run(arguments)
