"""The entry point of the `muse` command: puts this repository first on the path and refuses strangers in its rooms.

The rooms have plain names (`agents`, `tools`, …) that another installed package may also bear; an editable install's
console script would then import the stranger without a word. So every room is looked up here and must lie beside this file.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ROOMS = ["core", "storage", "personas", "memory", "shop", "studio", "tools", "agents", "gateway", "workers", "evals", "cli"]


def find_strangers() -> list[str]:
    """Name every room that would be imported from outside this folder."""
    strangers = []
    for room in ROOMS:
        spec = find_spec(room)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or origin.parent != ROOT / room:
            strangers.append(f"{room} would come from {origin or 'nowhere'} instead of {ROOT / room}")
    return strangers


def main() -> int:
    """Run the `muse` command."""
    sys.path[:] = [str(ROOT), *(p for p in sys.path if p != str(ROOT))]
    if strangers := find_strangers():
        print("muse: refusing to start, another package stands in for a room of Muse:", *strangers, sep="\n  ", file=sys.stderr)
        return 3
    from cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
