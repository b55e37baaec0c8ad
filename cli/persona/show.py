"""Prints one persona."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.persona.sources import A_PERSONA

HELP = "print a persona: who it is, how it writes, where it stops"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare which one."""
    parser.add_argument("persona", help=A_PERSONA)
    parser.add_argument("--json", action="store_true", help="print the whole document as JSON")


def run(arguments: Namespace) -> int:
    """Print it. Raises `Misconfigured`, `NotFound`, `BadInput`, `Unavailable`."""
    import msgspec

    from cli.persona.portrait import draw
    from cli.persona.sources import read_sources
    from cli.terminal import open_console

    (found,) = read_sources(arguments.persona)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(found.persona.to_document())).decode())
    else:
        draw(open_console(), found.title, found.persona)
    return 0
