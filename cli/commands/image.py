"""Pictures: order one and look on while it is made; list, show, cancel, approve, reject."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.settings import read_settings
from core.errors import BadInput

HELP = "Make a picture of an influencer, or list, show, cancel, approve and reject pictures."
ACTIONS = ("list", "show", "cancel", "approve", "reject")
STATES = ("queued", "painting", "finishing", "held", "done", "failed", "cancelled")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the wish or the action, and what goes with each."""
    parser.add_argument(
        "what", metavar="WISH", help='what to see, as "a walk on the beach"; or list, show, cancel, approve, reject'
    )
    parser.add_argument(
        "id", nargs="?", help="show, cancel, approve, reject: a picture's id, or enough of its beginning or end"
    )
    parser.add_argument("-i", "--influencer", help="of whom; with list: only theirs")
    parser.add_argument("-w", "--wait", action="store_true", help="look on until it is done")
    parser.add_argument("-o", "--out", type=Path, help="save it in this file when it is done (waits for it)")
    parser.add_argument("--category", default="portrait", help="a category of the studio's templates (portrait)")
    parser.add_argument("--shape", choices=("portrait", "square", "landscape"), default="portrait", help="its shape (portrait)")
    parser.add_argument("--scene", help="a scene of the persona's look")
    parser.add_argument("--outfit", help="something of the persona's wardrobe")
    parser.add_argument("--seed", type=int, help="the same seed makes the same picture")
    parser.add_argument(
        "-s", "--state", action="append", choices=STATES, default=[], help="list: of a state (may be given again)"
    )
    parser.add_argument("-q", "--words", help="list: whose prompt or wish holds these words")
    parser.add_argument("-n", "--limit", type=int, default=50, help="list: how many (50)")
    parser.add_argument("--json", action="store_true", help="print the gateway's answer as JSON")


def run(arguments: Namespace) -> int:
    """Ask the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    from cli.api_client import open_api
    from cli.images.desk import ImageDesk
    from cli.terminal import open_console

    _check(arguments)
    desk = ImageDesk(open_api(read_settings()), open_console(), arguments.json)
    if arguments.what == "list":
        desk.list(arguments.state, arguments.influencer, arguments.words, arguments.limit)
    elif arguments.what == "show":
        desk.show(arguments.id)
    elif arguments.what in ACTIONS:
        desk.act(arguments.id, arguments.what)
    else:
        order = {
            "influencer": arguments.influencer,
            "wish": arguments.what,
            "category": arguments.category,
            "shape": arguments.shape,
            "scene": arguments.scene,
            "outfit": arguments.outfit,
            "seed": arguments.seed,
            "source": "terminal",
        }
        desk.order(order, wait=arguments.wait, out=arguments.out)
    return 0


def _check(arguments: Namespace) -> None:
    """Raise `BadInput` for what does not go together."""
    if arguments.what in ACTIONS[1:] and not arguments.id:
        raise BadInput(f"Say which picture: muse image {arguments.what} <id>. The ids stand in: muse image list")
    if arguments.what not in ACTIONS and arguments.id:
        raise BadInput('Put the wish in quotes: muse image "a walk on the beach" --influencer luna')
    if arguments.what not in ACTIONS and not arguments.influencer:
        raise BadInput('Say of whom: muse image "a walk on the beach" --influencer luna')
    if not 1 <= arguments.limit <= 500:
        raise BadInput("The limit must be between 1 and 500.")
