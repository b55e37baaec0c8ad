"""The commands: one file each, named in `NAMES`. A file has HELP, `add_arguments` and `run`; its imports are light."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
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
