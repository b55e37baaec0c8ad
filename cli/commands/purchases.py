"""What fans bought, and payments that are given back."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "List what fans bought, and give a payment back."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    show = actions.add_parser("list", help="purchases, newest first, with what became of them")
    show.add_argument("-n", "--limit", type=int, default=100, help="how many (100)")
    refund = actions.add_parser("refund", help="give a payment back; the fan then owns the pack no more")
    refund.add_argument("id", help="the id of a purchase, or enough of its beginning or end to be the only one")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    desk = Desk(open_api(read_settings()), open_console(), arguments.json)
    if arguments.action == "list":
        desk.list_purchases(arguments.limit)
    else:
        desk.refund(arguments.id)
    return 0
