"""The listener as a single process; the supervisor and containers use it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings
from cli.stack.connection import connect

HELP = "Run only the listener (long polling, sockets), in the foreground."


def add_arguments(parser: ArgumentParser) -> None:
    """Take none: everything comes from the settings."""


def run(arguments: Namespace) -> int:
    """Serve until asked to stop."""
    from gateway.listen import serve

    serve(connect(read_settings()))
    return 0
