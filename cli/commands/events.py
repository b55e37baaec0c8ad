"""What came in and nobody could read or match: an operator looks at it here."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "List events that nobody could read, and purchases that match no offer; show one as it came."
STATES = ("taken", "ignored", "unreadable", "unmatched")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    everything = actions.add_parser("list", help="unreadable and unmatched events, or those of a state")
    everything.add_argument("-s", "--state", action="append", choices=STATES, default=[], help="a state (may be given again)")
    everything.add_argument("-n", "--limit", type=int, default=100, help="how many (100)")
    show = actions.add_parser("show", help="one event with its body; it may hold a fan's words")
    show.add_argument("id", help="the id of an event, or enough of its beginning or end to be the only one that needs a person")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    desk = Desk(open_api(read_settings()), open_console(), arguments.json)
    if arguments.action == "list":
        desk.list_events(arguments.state, arguments.limit)
    else:
        desk.show_event(arguments.id)
    return 0
