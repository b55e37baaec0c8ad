"""Operators until there is a console: read conversations, decide about drafts, take over and write."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from cli.settings import read_settings
from core.errors import BadInput

HELP = "Look after conversations: list, show, approve, edit, reject, take, handback, write."
AN_ID = "the id of a conversation, or enough of its beginning or end to be the only one"
A_DRAFT = "the id of a draft, or of a conversation in which one draft waits"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    everything = actions.add_parser("list", help="all conversations, those that wait for a person first")
    everything.add_argument("-w", "--waiting", action="store_true", help="only those that wait for a person")
    everything.add_argument("-t", "--tag", help="only those in which the fan was read to want this, such as refund")
    everything.add_argument("-n", "--limit", type=int, default=50, help="how many (50)")
    show = actions.add_parser("show", help="one conversation with its drafts")
    show.add_argument("id", help=AN_ID)
    show.add_argument("-i", "--inside", action="store_true", help="show the inside of its latest turn too")
    for name, meaning in (("approve", "send a draft as it is"), ("reject", "throw a draft away")):
        actions.add_parser(name, help=meaning).add_argument("id", help=A_DRAFT)
    edit = actions.add_parser("edit", help="send a draft in other words")
    edit.add_argument("id", help=A_DRAFT)
    for name, meaning in (
        ("take", "take a conversation over: the agent says nothing more in it"),
        ("handback", "let the agent speak again"),
    ):
        actions.add_parser(name, help=meaning).add_argument("id", help=AN_ID)
    actions.choices["handback"].add_argument(
        "--adult-confirmed", action="store_true", help="you have found that a fan who said to be under age is an adult"
    )
    write = actions.add_parser("write", help="write in a conversation that you have taken")
    write.add_argument("id", help=AN_ID)
    for action in (edit, write):
        action.add_argument("text", nargs="+", help="the words; - reads them from standard input")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    desk = Desk(open_api(read_settings()), open_console(), arguments.json)
    {
        "list": lambda: desk.list_inbox(arguments.waiting, arguments.limit, arguments.tag),
        "show": lambda: desk.show(arguments.id, arguments.inside),
        "approve": lambda: desk.decide(arguments.id, "approve"),
        "reject": lambda: desk.decide(arguments.id, "reject"),
        "edit": lambda: desk.decide(arguments.id, "edit", _words(arguments.text)),
        "take": lambda: desk.take(arguments.id),
        "handback": lambda: desk.hand_back(arguments.id, arguments.adult_confirmed),
        "write": lambda: desk.write(arguments.id, _words(arguments.text)),
    }[arguments.action]()
    return 0


def _words(given: list[str]) -> str:
    text = sys.stdin.read() if given == ["-"] else " ".join(given)
    if not text.strip():
        raise BadInput("There are no words to send.")
    return text.strip()
