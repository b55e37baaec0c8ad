"""Stops what `muse up` started."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.settings import read_settings

HELP = "Stop everything on this machine, in order; running work is finished or handed back."


def add_arguments(parser: ArgumentParser) -> None:
    """Take none."""


def run(arguments: Namespace) -> int:
    """Ask the supervisor to stop and wait for it."""
    from cli.stack.down import bring_down
    from cli.stack.folder import DataFolder

    return bring_down(DataFolder(Path(read_settings().data_dir)))
