"""What came in and nobody could read or match: an operator looks at it here, and has it read again."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime, timedelta

from cli.settings import read_settings

HELP = "List events that nobody could read, and purchases that match no offer; show one as it came; read them again."
STATES = ("taken", "ignored", "unreadable", "unmatched")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    everything = actions.add_parser("list", help="unreadable and unmatched events, or those of a state")
    everything.add_argument("-s", "--state", action="append", choices=STATES, default=[], help="a state (may be given again)")
    everything.add_argument("-n", "--limit", type=int, default=100, help="how many (100)")
    show = actions.add_parser("show", help="one event with its body; it may hold a fan's words")
    show.add_argument("id", help="the id of an event, or enough of its beginning or end to be the only one that needs a person")
    again = actions.add_parser(
        "replay", help="read events again as their adapter reads them now; what was taken stays as it is"
    )
    again.add_argument("id", nargs="?", help="one event (without it: all of the states)")
    again.add_argument(
        "-s",
        "--state",
        action="append",
        choices=STATES[1:],
        default=[],
        help="a state (unreadable and unmatched; may be given again)",
    )
    again.add_argument(
        "--since", type=read_since, help="only what came in since: 30m, 12h, 7d, or a time such as 2026-05-01T12:00"
    )
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def read_since(given: str) -> datetime:
    """Read a moment as a person types it; one without a zone is UTC. Raises `ArgumentTypeError`."""
    try:
        if given[-1:] in UNITS:
            return datetime.now(UTC) - timedelta(**{UNITS[given[-1]]: int(given[:-1])})
        moment = datetime.fromisoformat(given)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{given!r} is neither 30m, 12h or 7d nor a time such as 2026-05-01T12:00") from None


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    desk = Desk(open_api(read_settings()), open_console(), arguments.json)
    if arguments.action == "list":
        desk.list_events(arguments.state, arguments.limit)
    elif arguments.action == "replay":
        desk.replay_events(arguments.id, arguments.state, arguments.since)
    else:
        desk.show_event(arguments.id)
    return 0
