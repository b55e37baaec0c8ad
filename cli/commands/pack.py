"""Packs: what an influencer sells, made of pictures in the vault."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from cli.settings import read_settings
from core.errors import BadInput

HELP = "Make, change and price packs, and look into the vault."
RATINGS = ("sfw", "suggestive", "adult")
NAMED = "a pack: influencer/name, its name alone, or enough of its id"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    listing = actions.add_parser("list", help="packs with their prices, those off sale last")
    listing.add_argument("--influencer", help="of this one only")
    actions.add_parser("show", help="one pack with its words and pictures").add_argument("pack", help=NAMED)
    add = actions.add_parser("add", help="make a pack of pictures in the vault")
    add.add_argument("slug", help="its short name, such as sea-at-dusk")
    add.add_argument("--influencer", required=True, help="whose pack it is")
    _words(add, required=True)
    add.add_argument(
        "--price", action="append", default=[], metavar="PLATFORM='499 USD'", help="in minor units; may be repeated"
    )
    edit = actions.add_parser("edit", help="change a pack's words, rating or pictures")
    edit.add_argument("pack", help=NAMED)
    _words(edit, required=False)
    price = actions.add_parser("price", help="set what a pack costs on a platform")
    price.add_argument("pack", help=NAMED)
    price.add_argument("price", metavar="PLATFORM='499 USD'", help="in minor units; PLATFORM=none sells it there no more")
    retire = actions.add_parser("retire", help="take a pack off sale; who bought it keeps it")
    retire.add_argument("pack", help=NAMED)
    retire.add_argument("--back", action="store_true", help="put it on sale again")
    folder = actions.add_parser("import", help="make a pack of a folder with pack.toml and pictures")
    folder.add_argument("folder", type=Path, help="pack.toml and the pictures, in the order of their names")
    folder.add_argument("--influencer", required=True, help="whose pack it is")
    assets = actions.add_parser("assets", help="the pictures of an influencer's vault")
    assets.add_argument("influencer", help="whose vault")
    assets.add_argument("--add", nargs="+", type=Path, metavar="FILE", help="put pictures into the vault")
    assets.add_argument("-n", "--limit", type=int, default=200, help="how many (200)")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def _words(parser: ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--title", required=required, help="what fans read first, up to 80 characters")
    parser.add_argument("--description", required=required, help="what is in it, up to 800 characters")
    parser.add_argument("--tag", action="append", metavar="WORD", help="may be repeated")
    parser.add_argument("--rating", choices=RATINGS, help="sfw, unless said otherwise")
    parser.add_argument(
        "--picture", action="append", required=required, metavar="ID", help="a picture of the vault, in order; may be repeated"
    )


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.sale.desk import SaleDesk
    from cli.sale.folder import read_price
    from cli.terminal import open_console

    desk = SaleDesk(open_api(read_settings()), open_console(), arguments.json)
    match arguments.action:
        case "list":
            desk.list_packs(arguments.influencer)
        case "show":
            desk.show_pack(arguments.pack)
        case "add":
            prices = dict(read_price(given) for given in arguments.price)
            desk.add_pack(arguments.influencer, {**_given(arguments), "slug": arguments.slug, "prices": prices})
        case "edit":
            desk.edit_pack(arguments.pack, _given(arguments))
        case "price" if arguments.price.endswith("=none"):
            desk.price_pack(arguments.pack, arguments.price.removesuffix("=none"), None)
        case "price":
            desk.price_pack(arguments.pack, *read_price(arguments.price))
        case "retire":
            desk.retire_pack(arguments.pack, arguments.back)
        case "import":
            desk.import_pack(arguments.influencer, arguments.folder)
        case _ if arguments.add:
            desk.keep_pictures(arguments.influencer, arguments.add)
        case _:
            if not 1 <= arguments.limit <= 1000:
                raise BadInput("The limit must be between 1 and 1000.")
            desk.list_pictures(arguments.influencer, arguments.limit)
    return 0


def _given(arguments: Namespace) -> dict[str, Any]:
    """Return what was said about a pack, and nothing of what was not."""
    said = {
        "title": arguments.title,
        "description": arguments.description,
        "tags": arguments.tag,
        "rating": arguments.rating,
        "pictures": arguments.picture,
    }
    return {name: value for name, value in said.items() if value is not None}
