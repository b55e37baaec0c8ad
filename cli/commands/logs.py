"""Prints the log files."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import deque
from pathlib import Path

from cli.settings import read_settings
from core.errors import NotFound

HELP = "Print the last lines of the logs: of one part, or of all."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the part, `-f` and `-n`."""
    parser.add_argument("part", nargs="?", help="supervisor, gateway, worker, media, listen, postgres, valkey or chroma")
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what is written from now on")
    parser.add_argument("-n", "--lines", type=int, default=50, help="how many lines of each (50)")


def run(arguments: Namespace) -> int:
    """Print, and follow until Ctrl-C. Raises `NotFound`."""
    folder = Path(read_settings().data_dir) / "logs"
    logs = [folder / f"{arguments.part}.log"] if arguments.part else sorted(folder.glob("*.log"))
    missing = next((log for log in logs if not log.is_file()), None)
    if missing or not logs:
        known = ", ".join(sorted(log.stem for log in folder.glob("*.log"))) or "none yet"
        raise NotFound(f"There is no log {arguments.part or ''} in {folder} (there are: {known}).")
    named = len(logs) > 1
    places = {log: _print_end(log, arguments.lines, named) for log in logs}
    while arguments.follow:
        time.sleep(0.3)
        places = {log: _print_from(log, place, named) for log, place in places.items()}
    return 0


def _print_end(log: Path, lines: int, named: bool) -> int:
    with log.open("rb") as file:
        for line in deque(file, maxlen=lines):
            _print(log, line, named)
        return file.tell()


def _print_from(log: Path, place: int, named: bool) -> int:
    with log.open("rb") as file:
        if log.stat().st_size >= place:  # else it was rotated, and begins anew
            file.seek(place)
        for line in file:
            _print(log, line, named)
        return file.tell()


def _print(log: Path, line: bytes, named: bool) -> None:
    sys.stdout.write(f"{log.stem + ': ':<12}" * named + line.decode(errors="replace").rstrip("\n") + "\n")
    sys.stdout.flush()
