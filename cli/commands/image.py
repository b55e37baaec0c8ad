"""Pictures: order one, or a set, and look on; find, decide, mark and sort them; read what a file says of its making."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.settings import read_settings
from core.errors import BadInput

if TYPE_CHECKING:
    from cli.images.desk import ImageDesk

HELP = "Make a picture of an influencer, or find, approve, mark and sort pictures, and read what a file says of its making."
ON_ONE = ("show", "cancel", "approve", "reject", "favourite", "unfavourite")
ACTIONS = ("list", *ON_ONE, "album", "batch", "verify", "tune")
STATES = ("queued", "painting", "finishing", "held", "done", "failed", "cancelled")
SHAPES = ("portrait", "square", "landscape")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the wish or the action, and what goes with each."""
    parser.add_argument("what", metavar="WISH", help='what to see, as "a walk on the beach"; or one of: ' + ", ".join(ACTIONS))
    parser.add_argument(
        "more",
        nargs="*",
        metavar="MORE",
        help="an id, or enough of its beginning or end (show, cancel, approve, reject, favourite, unfavourite); "
        "album: list, add NAME ID …, remove NAME [ID …]; batch: INFLUENCER NUMBER; verify: FILE",
    )
    parser.add_argument("-i", "--influencer", help="of whom; with list: only theirs; album: whose")
    parser.add_argument("-w", "--wait", action="store_true", help="look on until it is done")
    parser.add_argument("-o", "--out", type=Path, help="save it in this file when it is done (waits for it)")
    parser.add_argument("--category", help="a category of the studio's templates (portrait; batch: all in turn)")
    parser.add_argument("--shape", choices=SHAPES, help="its shape (portrait, or that of --from); list: of this shape")
    parser.add_argument("--scene", help="a scene of the persona's look")
    parser.add_argument("--outfit", help="something of the persona's wardrobe")
    parser.add_argument("--seed", type=int, help="the same seed makes the same picture, or set")
    _add_guides(parser)
    _add_filters(parser)
    parser.add_argument("--anchors", type=Path, metavar="PEM", help="verify: certificates of authorities that you trust")
    parser.add_argument("--side", type=int, default=1024, help="tune: width and height of the pictures, pixels (1024)")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def _add_guides(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="base",
        metavar="PICTURE",
        help="start from this picture of theirs: an id of muse image list, or of a face",
    )
    parser.add_argument("--strength", type=float, metavar="S", help="how much of it is painted anew, above 0 to 1 (0.6)")
    parser.add_argument("--mask", type=Path, metavar="FILE", help="paint anew only what is white in this drawing; needs --from")
    parser.add_argument(
        "--pose", type=Path, metavar="FILE", help="a drawn pose, bright limbs on black; you attest that it shows nobody"
    )


def _add_filters(parser: ArgumentParser) -> None:
    parser.add_argument(
        "-s", "--state", action="append", choices=STATES, default=[], help="list: of a state (may be given again)"
    )
    parser.add_argument(
        "-q", "--words", help='list: which answer a search, as "empty beach" or kitchen -night; batch: the wish'
    )
    parser.add_argument("--model", help="list: which this model made")
    parser.add_argument("--album", help="list: which are in this album of --influencer")
    parser.add_argument("--favourites", action="store_true", help="list: favourites only")
    parser.add_argument("--oldest-first", action="store_true", help="list: the oldest first")
    parser.add_argument("-n", "--limit", type=int, default=50, help="list: how many (50)")


def run(arguments: Namespace) -> int:
    """Do what is asked, most of it by the running gateway. Raises `Unavailable`, `NotFound`, `Refused`, `BadInput`."""
    _check(arguments)
    if arguments.what == "verify":
        from cli.provenance import verify

        return verify.run(Namespace(file=Path(arguments.more[0]), anchors=arguments.anchors, json=arguments.json))
    if arguments.what == "tune":
        from cli.images.tune import tune_here

        return tune_here(read_settings(), arguments.side, as_json=arguments.json)
    from cli.api_client import open_api
    from cli.images.desk import ImageDesk
    from cli.terminal import open_console

    _ask(ImageDesk(open_api(read_settings()), open_console(), arguments.json), arguments)
    return 0


def _ask(desk: ImageDesk, arguments: Namespace) -> None:
    what, more = arguments.what, arguments.more
    if what == "list":
        desk.list(_filters(arguments), arguments.influencer, arguments.album)
    elif what == "show":
        desk.show(more[0])
    elif what in ON_ONE:
        desk.act(more[0], what)
    elif what == "album":
        desk.album(arguments.influencer, more[0], more[1:])
    elif what == "batch":
        categories = [arguments.category] if arguments.category else []
        order = {"influencer": more[0], "count": int(more[1]), "categories": categories, "wish": arguments.words or ""}
        desk.order_set(order | ({} if arguments.seed is None else {"seed": arguments.seed}))
    else:
        order = {
            "influencer": arguments.influencer,
            "wish": what,
            "category": arguments.category or "portrait",
            "shape": arguments.shape,
            "scene": arguments.scene,
            "outfit": arguments.outfit,
            "seed": arguments.seed,
            "source": "terminal",
        }
        desk.order(order | _guides(desk, arguments), wait=arguments.wait, out=arguments.out)


def _guides(desk: ImageDesk, arguments: Namespace) -> dict[str, object]:
    """Return what the picture is painted from, as the gateway names it. Raises `BadInput` for files that are not there."""
    found: dict[str, object] = {"strength": arguments.strength}
    for name in ("mask", "pose"):
        path: Path | None = getattr(arguments, name)
        if path is not None:
            try:
                found[name] = path.read_bytes()
            except OSError:
                raise BadInput(f"--{name}: {path} cannot be read as a file.") from None
            if not found[name]:
                raise BadInput(f"--{name}: {path} is empty.")
    if arguments.base:
        found["base"] = str(desk.asset_of(arguments.base, arguments.influencer))
    return found if any(value is not None for value in found.values()) else {}


def _filters(arguments: Namespace) -> dict[str, object]:
    """Return what of the list is asked for, as the gateway names it."""
    found: dict[str, object] = {"limit": arguments.limit}
    given = {"state": arguments.state, "influencer": arguments.influencer, "q": arguments.words}
    given |= {"model": arguments.model, "shape": arguments.shape}
    given |= {"favourite": "true" if arguments.favourites else "", "oldest_first": "true" if arguments.oldest_first else ""}
    return found | {name: value for name, value in given.items() if value}


def _check(arguments: Namespace) -> None:
    """Raise `BadInput` for what does not go together."""
    what, more = arguments.what, arguments.more
    if what in ON_ONE and len(more) != 1:
        raise BadInput(f"Say which picture: muse image {what} <id>. The ids stand in: muse image list")
    if what == "album":
        _check_album(arguments)
    if what == "batch" and (len(more) != 2 or not more[1].isdigit()):
        raise BadInput("Say of whom and how many: muse image batch luna 12")
    if what == "verify" and len(more) != 1:
        raise BadInput("Say which file: muse image verify picture.jpg")
    if what in ("list", "tune") and more:
        raise BadInput(f"muse image {what} takes no {more[0]!r}; its options stand in: muse image --help")
    if what == "list" and arguments.album and not arguments.influencer:
        raise BadInput("Say whose album: muse image list --album NAME --influencer luna")
    if what not in ACTIONS and more:
        raise BadInput('Put the wish in quotes: muse image "a walk on the beach" --influencer luna')
    if not what.strip():
        raise BadInput('Say what to see: muse image "a walk on the beach" --influencer luna')
    if what not in ACTIONS and not arguments.influencer:
        raise BadInput('Say of whom: muse image "a walk on the beach" --influencer luna')
    _check_guides(arguments)
    if not 1 <= arguments.limit <= 500:
        raise BadInput("The limit must be between 1 and 500.")


def _check_guides(arguments: Namespace) -> None:
    given = {"--from": arguments.base, "--strength": arguments.strength, "--mask": arguments.mask, "--pose": arguments.pose}
    used = next((name for name, value in given.items() if value is not None), None)
    if used and arguments.what in ACTIONS:
        raise BadInput(f'{used} goes with a wish: muse image "on a balcony" --influencer luna {used} …')
    if arguments.base is None and (arguments.mask is not None or arguments.strength is not None):
        raise BadInput("--mask and --strength need the picture that they belong to: --from PICTURE")
    if arguments.strength is not None and not 0 < arguments.strength <= 1:
        raise BadInput("The strength is above 0, where nothing would change, and 1 at most, where nothing stays.")


def _check_album(arguments: Namespace) -> None:
    action, *named = arguments.more or [""]
    enough = {"list": len(named) == 0, "add": len(named) > 1, "remove": len(named) > 0}
    if not enough.get(action):
        raise BadInput("muse image album list, add NAME ID …, or remove NAME [ID …], with --influencer luna")
    if not arguments.influencer:
        raise BadInput(f"Say whose album: muse image album {action} … --influencer luna")
