"""Sends that need a person: what may have arrived, what did not, what was stopped behind it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "List deliveries that need a person, and say what became of one."
STATES = ("pending", "sending", "sent", "not_sent", "unknown", "stopped", "dropped")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    show = actions.add_parser("list", help="unknown, refused and stopped deliveries, or those of a state")
    show.add_argument("-s", "--state", action="append", choices=STATES, default=[], help="a state (may be given again)")
    show.add_argument("-n", "--limit", type=int, default=100, help="how many (100)")
    show.add_argument("-b", "--before", metavar="ID", help="only older ones than this delivery: the next page")
    resolve = actions.add_parser("resolve", help="settle a delivery whose outcome nobody knows, or that was refused")
    resolve.add_argument("id", help="the id of a delivery, or enough of its beginning or end to be the only one")
    resolve.add_argument(
        "outcome", choices=("sent", "not_sent", "again"), help="it arrived, it did not arrive, or: send it once more"
    )
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    desk = Desk(open_api(read_settings()), open_console(), arguments.json)
    if arguments.action == "list":
        desk.list_deliveries(arguments.state, arguments.limit, arguments.before)
    else:
        desk.resolve(arguments.id, arguments.outcome)
    return 0
