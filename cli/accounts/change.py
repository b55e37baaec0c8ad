"""Sets how an account behaves, through the operators' API."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace

from cli.settings import read_settings
from core.errors import BadInput

HELP = "set how an account behaves; what is not named stays"
AUTONOMIES = ("auto", "risk", "approve", "off")
DEFAULT = "default"
ANYBODY = "anybody"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what can be set."""
    parser.add_argument("account", metavar="platform/key", help="the account, such as telegram/luna")
    parser.add_argument(
        "--autonomy",
        choices=AUTONOMIES,
        help="auto: replies go out; risk: those with a risk wait for a person; approve: all wait; off: the agent says nothing",
    )
    parser.add_argument("--sandbox", choices=("on", "off"), help="on: packs are given away for tests, no money moves")
    parser.add_argument(
        "--quiet", type=_seconds, metavar="SECONDS", help="quiet time before a reply; default: the platform's or MUSE_QUIET_S"
    )
    parser.add_argument(
        "--sell-by", choices=("paid_media", "invoice"), help="Telegram: packs as locked media (default) or by invoice"
    )
    parser.add_argument(
        "--business-owners",
        metavar="IDS",
        help="Telegram: the user ids, with commas, who alone may let the bot speak in their chats; anybody: no limit",
    )
    parser.add_argument(
        "--rates",
        choices=("kept", "off"),
        help="off: the platform's server has no limits (a simulator); kept by default",
    )
    parser.add_argument("--region", metavar="PACK", help="whose rule pack holds here, such as eu; default: the agency's")
    parser.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Set what is named. Raises `BadInput`, `NotFound`, `Refused`, `Unavailable`."""
    quiet = {DEFAULT: None}.get(arguments.quiet, arguments.quiet)
    change = {
        **({"autonomy": arguments.autonomy} if arguments.autonomy else {}),
        **({"sandbox": arguments.sandbox == "on"} if arguments.sandbox else {}),
        **({"quiet_s": quiet} if arguments.quiet is not None else {}),
        **({"sell_by": arguments.sell_by} if arguments.sell_by else {}),
        **({"rates": arguments.rates} if arguments.rates else {}),
        **({"region": None if arguments.region == DEFAULT else _region(arguments.region)} if arguments.region else {}),
        **({"business_owners": _owners(arguments.business_owners)} if arguments.business_owners else {}),
    }
    if not change:
        raise BadInput("Say what to set: --autonomy, --sandbox, --quiet, --sell-by, --business-owners, --region or --rates.")
    return send_change(arguments, change)


def send_change(arguments: Namespace, change: dict[str, object]) -> int:
    """Have the gateway change an account, and print how it stands then. Raises `NotFound`, `Refused`, `Unavailable`."""
    from cli.api_client import open_api
    from cli.desk.desk import Desk
    from cli.terminal import open_console

    Desk(open_api(read_settings()), open_console(), arguments.json).set_account(arguments.account, change)
    return 0


def _seconds(given: str) -> float | str:
    if given == DEFAULT:
        return given
    seconds = float(given)
    if not math.isfinite(seconds):
        raise ValueError
    return seconds


def _region(given: str) -> str:
    """Return a rule pack that there is; the gateway does not know them. Raises `BadInput`."""
    from agents.policy.regions import load_packs

    if given.lower() not in load_packs():
        raise BadInput(f"There is no rule pack {given}; there are: {', '.join(load_packs())}, or {DEFAULT}.")
    return given.lower()


def _owners(given: str) -> list[str]:
    return [] if given == ANYBODY else [owner.strip() for owner in given.split(",") if owner.strip()]
