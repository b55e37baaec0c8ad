"""Records that an owner of connected chats lets models outside read them, or does so no more."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.accounts.change import send_change

HELP = "record that an owner of connected chats lets models outside read them"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whose chats."""
    parser.add_argument("account", metavar="platform/key", help="the account, such as telegram/luna")
    parser.add_argument("owner", help="the owner's user id on the platform")
    parser.add_argument("--revoke", action="store_true", help="record that they do so no more")
    parser.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Record it. Raises `NotFound`, `Refused`, `Unavailable`."""
    return send_change(arguments, {"revoke" if arguments.revoke else "authorise": [arguments.owner]})
