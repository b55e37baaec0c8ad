"""Promos: what makes a pack cheaper, for whom and how often, and the codes for it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime
from typing import Any

from cli.settings import read_settings
from core.errors import BadInput

HELP = "Make and end promos, and make codes for them."
NAMED = "a promo: influencer/name, its name alone, or enough of its id"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    listing = actions.add_parser("list", help="promos with how often each was used, those that are over last")
    listing.add_argument("--influencer", help="of this one only")
    actions.add_parser("show", help="one promo with its limits").add_argument("promo", help=NAMED)
    _declare_add(actions.add_parser("add", help="make a promo"))
    actions.add_parser("end", help="offer a promo no more").add_argument("promo", help=NAMED)
    codes = actions.add_parser("codes", help="a promo's codes, or new ones for one purchase each")
    codes.add_argument("promo", help=NAMED)
    codes.add_argument("--make", type=int, metavar="N", help="make so many")
    codes.add_argument("--fan", metavar="FAN", help="make one that is good for this fan only (platform/handle or id)")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def _declare_add(add: ArgumentParser) -> None:
    add.add_argument("slug", help="its short name, such as spring-sale")
    add.add_argument("--influencer", required=True, help="whose packs get cheaper")
    add.add_argument("--title", required=True, help="what it is called, for operators and models")
    gives = add.add_mutually_exclusive_group(required=True)
    gives.add_argument("--percent", type=int, metavar="N", help="so much off, 1 to 99")
    gives.add_argument("--off", metavar="'100 USD'", help="a fixed amount off, in minor units")
    gives.add_argument("--together", metavar="'999 USD'", help="the --pack ones together for this")
    gives.add_argument("--take", type=int, metavar="N", help="any N packs, the cheapest of them free")
    gives.add_argument("--first", metavar="'199 USD'", help="one pack for this, for a fan who never bought")
    add.add_argument("--code", help="one code for all; without it the codes are made with `muse promo codes`")
    add.add_argument("--way", choices=("code", "asked", "always"), default="code", help="with a code, when asked, or always")
    add.add_argument("--pack", action="append", default=[], metavar="NAME", help="for this pack only; may be repeated")
    add.add_argument("--platform", action="append", default=[], metavar="NAME", help="there only; may be repeated")
    add.add_argument("--least", metavar="'500 USD'", help="only where the packs cost this at least")
    add.add_argument("--per-fan", type=int, default=1, metavar="N", help="so often for one fan (1)")
    add.add_argument("--total", type=int, metavar="N", help="so often in all")
    add.add_argument("--stacks", action="store_true", help="may be combined with others that may")
    add.add_argument("--starts", type=_moment, metavar="TIME", help="from then on, such as 2026-09-01T12:00+02:00")
    add.add_argument("--ends", type=_moment, metavar="TIME", help="until then")
    add.add_argument("--hold-minutes", type=int, default=60, metavar="N", help="how long an offer keeps its place (60)")


def _moment(given: str) -> datetime:
    try:
        return datetime.fromisoformat(given).astimezone()
    except (ValueError, OverflowError, OSError):
        raise ArgumentTypeError(f"{given!r} is no moment; write it as 2026-09-01T12:00, with +02:00 for another zone") from None


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.sale.desk import SaleDesk
    from cli.terminal import open_console

    desk = SaleDesk(open_api(read_settings()), open_console(), arguments.json)
    match arguments.action:
        case "list":
            desk.list_promos(arguments.influencer)
        case "show":
            desk.show_promo(arguments.promo)
        case "add":
            desk.add_promo(_plan(arguments))
        case "end":
            desk.end_promo(arguments.promo)
        case _:
            desk.codes(arguments.promo, arguments.make, arguments.fan)
    return 0


def _plan(arguments: Namespace) -> dict[str, Any]:
    from cli.sale.folder import read_money

    money = {
        name: read_money(given, f"--{name}")
        for name in ("off", "together", "first", "least")
        if (given := getattr(arguments, name))
    }
    amounts = [money[name] for name in ("off", "together", "first") if name in money]
    if len({one.unit for one in money.values()}) > 1:
        raise BadInput("A promo has one unit: cents of USD are not Stars (XTR).")
    kinds = {"percent": "percentage", "off": "fixed", "together": "bundle", "take": "bundle", "first": "trial"}
    return {
        "influencer": arguments.influencer,
        "slug": arguments.slug,
        "title": arguments.title,
        "kind": next(kind for name, kind in kinds.items() if getattr(arguments, name) is not None),
        "way": arguments.way,
        "percent": arguments.percent,
        "amount": amounts[0].amount if amounts else None,
        "unit": next((one.unit for one in money.values()), None),
        "take": arguments.take,
        "least": money["least"].amount if "least" in money else None,
        "per_fan": arguments.per_fan,
        "total": arguments.total,
        "platforms": arguments.platform,
        "packs": [name.removeprefix(f"{arguments.influencer}/") for name in arguments.pack],
        "stacks": arguments.stacks,
        "starts_at": arguments.starts,
        "ends_at": arguments.ends,
        "hold_s": arguments.hold_minutes * 60,
        "code": arguments.code,
    }
