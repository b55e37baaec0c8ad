"""The calendar: what an influencer publishes for everybody."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from cli.settings import read_settings
from core.errors import BadInput

HELP = "Plan posts for everybody; list, change, approve, cancel and publish them; settle those in doubt."
STATES = ("proposed", "planned", "pending", "publishing", "published", "failed", "unknown", "cancelled")
MOST_LATE_H = 168
ID = "the id of a post, or enough of its beginning or end to be the only one"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    listing = actions.add_parser("list", help="the calendar, in the order of its times")
    listing.add_argument("-i", "--influencer", help="only of this influencer")
    listing.add_argument("-s", "--state", action="append", choices=STATES, default=[], help="a state (may be given again)")
    listing.add_argument("--since", help="only what is planned for this moment or later, such as 2026-05-01T12:00:00Z")
    listing.add_argument("-n", "--limit", type=int, default=100, help="how many (100)")
    add = actions.add_parser("add", help="plan a post")
    add.add_argument("influencer", help="the influencer's short name")
    add.add_argument("caption", help="the words")
    add.add_argument(
        "--on",
        action="append",
        required=True,
        metavar="ACCOUNT[:TARGET]",
        help="where: telegram/luna:@lunas, http/luna (may be given again)",
    )
    add.add_argument(
        "--caption-on", nargs=2, action="append", default=[], metavar=("ACCOUNT", "CAPTION"), help="other words there"
    )
    add.add_argument("--at", required=True, help="the local time, such as '2026-05-03 18:00'")
    add.add_argument(
        "--repeat", help="a rule: daily, weekly, monthly, mon,thu, every 2 weeks; until 2026-12-31 or x 10 behind it"
    )
    add.add_argument("--late", type=float, default=6.0, metavar="HOURS", help="so late it may still go out (6)")
    add.add_argument("--album", metavar="NAME", help="the pictures of this album (muse image album), in their order")
    _add_content(add)
    show = actions.add_parser("show", help="one post in full")
    edit = actions.add_parser("edit", help="change a post that has not left yet")
    cancel = actions.add_parser("cancel", help="take a post off the calendar")
    approve = actions.add_parser("approve", help="let a proposal go out")
    now = actions.add_parser("publish-now", help="let a post go out at once")
    settle = actions.add_parser("settle", help="say what became of a post in doubt")
    for action in (show, edit, cancel, approve, now, settle):
        action.add_argument("id", help=ID)
    edit.add_argument("--at", help="another local time")
    edit.add_argument("--caption", help="other words")
    edit.add_argument("--target", help="another place on the same account")
    _add_content(edit)
    cancel.add_argument("--series", action="store_true", help="and all that its plan was still to bring")
    approve.add_argument("--at", help="another local time than the proposed one")
    settle.add_argument("outcome", choices=("published", "failed", "again"), help="what a person saw; again: once more")
    place = actions.add_parser("place", help="set where posts of an account go when nobody says otherwise")
    place.add_argument("account", help="the account, such as telegram/luna")
    place.add_argument("target", help="the place, such as @lunas")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.calendar.desk import CalendarDesk
    from cli.terminal import open_console

    desk = CalendarDesk(open_api(read_settings()), open_console(), arguments.json)
    match arguments.action:
        case "list":
            desk.list_posts(arguments.influencer, arguments.state, arguments.since, arguments.limit)
        case "add":
            desk.add(_wish(arguments))
        case "show":
            desk.show(arguments.id)
        case "edit":
            desk.edit(arguments.id, _content(arguments, ("at", "caption", "target")))
        case "cancel":
            desk.cancel(arguments.id, arguments.series)
        case "approve":
            desk.approve(arguments.id, arguments.at)
        case "publish-now":
            desk.publish_now(arguments.id)
        case "settle":
            desk.settle(arguments.id, arguments.outcome)
        case _:
            desk.set_place(arguments.account, arguments.target)
    return 0


def _add_content(parser: ArgumentParser) -> None:
    parser.add_argument("--zone", help="the time zone, such as Europe/Lisbon (the persona's)")
    parser.add_argument("--language", help="the language of the words, two letters (en)")
    parser.add_argument(
        "--picture", action="append", metavar="ID", help="a picture of the vault, or of muse image list (may be given again)"
    )
    made = parser.add_mutually_exclusive_group()
    made.add_argument("--ai", action="store_true", default=None, help="mark it as made by AI (so is whatever has pictures)")
    made.add_argument("--not-ai", dest="ai", action="store_false", help="it was not made by AI")


def _content(arguments: Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what was given of a post's content, by the gateway's names."""
    given = {name: getattr(arguments, name) for name in (*names, "zone", "language")}
    given |= {"made_by_ai": arguments.ai, "asset_ids": arguments.picture}
    return {name: value for name, value in given.items() if value is not None}


def _wish(arguments: Namespace) -> dict[str, Any]:
    if not 0 < arguments.late <= MOST_LATE_H:
        raise BadInput(f"--late takes hours, above 0 and up to {MOST_LATE_H}.")
    captions = dict(arguments.caption_on)
    astray = next((account for account in captions if account not in {one.partition(":")[0] for one in arguments.on}), None)
    if astray is not None:
        raise BadInput(f"--caption-on {astray}: the post does not go there; name it with --on as well.")
    places = []
    for where in arguments.on:
        account, _, target = where.partition(":")
        places.append({"account": account, "target": target or None, "caption": captions.get(account)})
    wish = _content(arguments, ("at", "caption", "repeat", "album"))
    return {**wish, "influencer": arguments.influencer, "places": places, "late_s": max(60, int(arguments.late * 3600))}
