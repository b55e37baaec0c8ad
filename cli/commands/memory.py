"""Memory: vectors and their indexes. Each group of verbs lies in a module of its own and joins with one line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.memory import vectors

HELP = "Rebuild the indexes of memory, and compare them with their rows."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    vectors.declare(parser.add_subparsers(dest="action", metavar="<action>", required=True))


def run(arguments: Namespace) -> int:
    """Do it beside the running stack. Raises `Unavailable`, `Misconfigured`."""
    return vectors.run(arguments)
