"""The commands: one file each, named in `NAMES`. A file has HELP, `add_arguments` and `run`; its imports are light.

A command of many verbs has one such file for each of them, in a folder of its own.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

NAMES = (
    "up",
    "down",
    "status",
    "logs",
    "doctor",
    "demo",
    "bench",
    "chaos",
    "account",
    "persona",
    "look",
    "policy",
    "chat",
    "inbox",
    "deliveries",
    "purchases",
    "pack",
    "promo",
    "image",
    "post",
    "credits",
    "fan",
    "memory",
    "agency",
    "events",
    "intent",
    "ledger",
    "migrate",
    "gateway",
    "worker",
    "media",
    "listen",
)


class Command(Protocol):
    """What a command's file offers."""

    HELP: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        ...

    def run(self, arguments: Namespace) -> int:
        """Do it and return the exit code. Raises `MuseError`, which is shown as one sentence."""
        ...


def load_command(name: str) -> Command:
    """Return one of `NAMES`."""
    return cast(Command, import_module(f"cli.commands.{name}"))


def add_verbs(parser: ArgumentParser, verbs: Mapping[str, str]) -> None:
    """Declare verbs, given by name and module: each looks like a command."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    for name, module in verbs.items():
        verb = _load_verb(module)
        verb.add_arguments(actions.add_parser(name, help=verb.HELP))


def run_verb(arguments: Namespace, verbs: Mapping[str, str]) -> int:
    """Do what the verb of the command line says, and return the exit code. Raises `MuseError`."""
    return _load_verb(verbs[arguments.action]).run(arguments)


def _load_verb(module: str) -> Command:
    return cast(Command, import_module(module))
