"""Reads the command line and runs one command. A `MuseError` becomes one plain sentence and an exit code, never a traceback."""

from __future__ import annotations

import sys
import traceback
from argparse import ArgumentParser, RawDescriptionHelpFormatter

from cli.commands import NAMES, load_command
from cli.errors import exit_code
from core.errors import MuseError

DESCRIPTION = "muse runs AI influencers. `muse up` starts everything on this machine; `muse doctor` says what is missing."
INTERRUPTED = 130


def build_parser(names: tuple[str, ...] = NAMES) -> ArgumentParser:
    """Return the parser of the named commands; only their files are imported."""
    parser = ArgumentParser(prog="muse", description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--trace", action="store_true", help="show where an error came from")
    commands = parser.add_subparsers(dest="command", metavar="<command>", required=True)
    for name in names:
        command = load_command(name)
        sub = commands.add_parser(name, help=command.HELP, description=command.HELP)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser


def run(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    wanted = next((word for word in argv if not word.startswith("-")), None)
    parser = build_parser((wanted,) if wanted in NAMES else NAMES)
    try:
        arguments = parser.parse_args(argv or ["--help"])
    except SystemExit as stop:  # argparse ends by itself after --help and after wrong usage
        return stop.code if isinstance(stop.code, int) else 2
    try:
        code: int = arguments.run(arguments)
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `muse logs | head`
        sys.stderr.close()
        return 0
    except MuseError as error:
        return _report(str(error), exit_code(error), arguments.trace)
    except Exception as error:
        return _report(f"unexpected {type(error).__name__}: {error} (muse --trace shows more)", 1, arguments.trace)


def _report(sentence: str, code: int, trace: bool) -> int:
    if trace:
        traceback.print_exc()
    print(f"muse: {sentence}", file=sys.stderr)
    return code
