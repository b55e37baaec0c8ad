"""Shows what differs between two personas."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.persona.sources import A_PERSONA

HELP = "show what differs between two personas: folders, influencers, or two versions of one"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare which two."""
    parser.add_argument("before", help=A_PERSONA)
    parser.add_argument("after", help="the same, for what it is compared with")
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")


def run(arguments: Namespace) -> int:
    """Print them. Raises `Misconfigured`, `NotFound`, `BadInput`, `Unavailable`."""
    import msgspec

    from cli.persona.portrait import draw_differences
    from cli.persona.sources import read_sources
    from cli.terminal import open_console
    from personas.differences import compare

    before, after = read_sources(arguments.before, arguments.after)
    found = compare(before.persona, after.persona)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
        return 0
    console = open_console()
    draw_differences(console, found)
    things = "one difference" if len(found) == 1 else f"{len(found)} differences"
    console.print(f"{things if found else 'No difference'} between {before.title} and {after.title}.", style="dim")
    return 0
