"""Memory: what influencers know of fans, its vectors and indexes. Each group of verbs is a module that joins with one line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module
from typing import Any

HELP = "Show what is known of a fan and set it right; rebuild memory's indexes and compare them; measure recall."
GROUPS = ("cli.fans.facts", "cli.memory.vectors", "cli.memory.bench")
"""Modules that `declare` verbs and `run` them."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    for name in GROUPS:
        group: Any = import_module(name)
        before = set(actions.choices)
        group.declare(actions)
        for action in set(actions.choices) - before:
            actions.choices[action].set_defaults(group=name)


def run(arguments: Namespace) -> int:
    """Do it. Raises `MuseError`."""
    group: Any = import_module(arguments.group)
    code: int = group.run(arguments)
    return code
