"""One media worker as a single process; the supervisor and containers use it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings
from cli.stack.connection import connect

HELP = "Run only one media worker, which makes pictures, in the foreground."


def add_arguments(parser: ArgumentParser) -> None:
    """Take none: everything comes from the settings."""


def run(arguments: Namespace) -> int:
    """Serve until asked to stop. Raises `Misconfigured` without a model, or where another worker has the device."""
    from workers.media.app import serve

    serve(connect(read_settings()))
    return 0
