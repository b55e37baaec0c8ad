"""Starts everything on this machine and keeps it running."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "Start everything on this machine, in the foreground (Ctrl-C stops it in order)."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare `--detach`."""
    parser.add_argument(
        "-d", "--detach", action="store_true", help="return as soon as everything answers; `muse down` stops it"
    )


def run(arguments: Namespace) -> int:
    """Start, print the addresses, and stay or return."""
    from cli.stack.up import bring_up, bring_up_detached

    settings = read_settings()
    return bring_up_detached(settings) if arguments.detach else bring_up(settings)
