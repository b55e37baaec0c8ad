"""Talk to an influencer in the terminal, as a fan does on the chat page."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.settings import read_settings

HELP = "Talk to an influencer, as a fan on the chat page; --inside shows how each answer came about."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whom to talk to, and how."""
    parser.add_argument("influencer", help="the short name in the chat page's address, such as luna")
    parser.add_argument("-n", "--new", action="store_true", help="come as a new fan; without it you are who you were last time")
    parser.add_argument("-i", "--inside", action="store_true", help="show recalled facts, tool calls, verdict and timings")
    parser.add_argument("--adult", action="store_true", help="confirm to be 18 or older, without being asked")
    parser.add_argument(
        "--patience", type=float, default=60.0, metavar="S", help="seconds that a piped line waits for its answer (60)"
    )


def run(arguments: Namespace) -> int:
    """Talk until /quit or the end of the input. Raises `Unavailable`, `NotFound`, `Refused`."""
    from cli.api_client import open_api
    from cli.chat.visit import Wishes, visit

    settings = read_settings()
    wishes = Wishes(arguments.influencer, arguments.new, arguments.adult, arguments.inside, arguments.patience)
    return visit(open_api(settings), Path(settings.data_dir) / "secrets", wishes)
