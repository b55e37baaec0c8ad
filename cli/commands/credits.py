"""Credits: what generation may cost."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.settings import read_settings

HELP = "Show and grant credits for generation, set quotas, and make the key of the top-up webhook."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    actions.add_parser("show", help="what is left, set apart for jobs and spent")
    grant = actions.add_parser("grant", help="give the agency credits; a negative amount takes unused ones back")
    grant.add_argument("amount", type=int, help="how many")
    grant.add_argument("--key", help="a name for this grant: the same one is booked once")
    quota = actions.add_parser("quota", help="let an influencer use so many credits and no more")
    quota.add_argument("influencer", help="the influencer's short name")
    wanted = quota.add_mutually_exclusive_group(required=True)
    wanted.add_argument("amount", type=int, nargs="?", help="how many from now on")
    wanted.add_argument("--none", action="store_true", help="no quota: it draws on the agency's credits")
    for action in (grant, quota):
        action.add_argument("--note", default="", help="why; stands in the ledger")
    history = actions.add_parser("history", help="movements, newest first")
    history.add_argument("-i", "--influencer", help="only for this influencer")
    history.add_argument("-n", "--limit", type=int, default=50, help="how many (50)")
    secret = actions.add_parser("secret", help="make a key for the top-up webhook; the older one still holds")
    secret.add_argument("--drop-old", action="store_true", help="forget the older key instead")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.credits.desk import CreditsDesk
    from cli.terminal import open_console

    desk = CreditsDesk(open_api(read_settings()), open_console(), arguments.json)
    match arguments.action:
        case "show":
            desk.show()
        case "grant":
            desk.grant(arguments.amount, arguments.note, arguments.key)
        case "quota":
            desk.set_quota(arguments.influencer, None if arguments.none else arguments.amount, arguments.note)
        case "history":
            desk.history(arguments.influencer, arguments.limit)
        case _:
            desk.renew_secret(arguments.drop_old)
    return 0
