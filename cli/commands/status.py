"""Shows what runs, since when, and how often it had to be restarted."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.settings import read_settings

HELP = "Show each part: state, pid, up since, restarts, address. Exit code 1 when Muse is not running."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: Namespace) -> int:
    """Read the supervisor's state file and print it."""
    import msgspec

    from cli.stack.folder import DataFolder
    from cli.stack.state import read_living_state

    folder = DataFolder(Path(read_settings().data_dir))
    state = read_living_state(folder.run)
    if arguments.json:
        print(
            json.dumps(
                {"running": state is not None, "folder": str(folder.root), **(msgspec.to_builtins(state) if state else {})}
            )
        )
    elif state is None:
        print(f"Muse is not running in {folder.root}; type: muse up")
    else:
        print(f"Muse is {state.phase}: {state.url or 'no address yet'}")
        print(f"supervisor {state.supervisor.pid}, data in {folder.root}\n")
        rows: list[tuple[str, ...]] = [("PART", "STATE", "PID", "UP FOR", "RESTARTS", "LAST EXIT", "ADDRESS")]
        rows += [
            (
                name,
                part.state,
                str(part.pid or "–"),
                _age(part.since),
                str(part.restarts),
                part.last_exit or "–",
                part.address or "–",
            )
            for name, part in state.parts.items()
        ]
        print(format_table(rows))
    return 0 if state else 1


def format_table(rows: list[tuple[str, ...]]) -> str:
    """Align rows in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _age(since: float) -> str:
    if not since:
        return "–"
    seconds = int(time.time() - since)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
