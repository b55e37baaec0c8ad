"""A worker for benches whose embedder looks texts up in a table: `python -m cli.scratch.table_worker`.

The shipped worker has no such switch; this program puts the table before the model and then starts the same worker.
"""

from __future__ import annotations

import sys

from msgspec.structs import replace

import memory.embedder
from cli.settings import ROOT, read_settings
from cli.stack.child import Part
from cli.stack.connection import connect
from core.settings import Settings
from evals.bench.table import TableEmbedder

open_real = memory.embedder.open_embedder


def open_table(name: str) -> TableEmbedder:
    """Open an embedder by the setting's name, with a table before it."""
    return TableEmbedder.over(open_real(name))


def with_table(part: Part) -> Part:
    """Return the worker's part with this program in its place."""
    command = [sys.executable, "-P", "-m", "cli.scratch.table_worker"]
    return replace(part, command=command, environment={**part.environment, "PYTHONPATH": str(ROOT)})


def main(settings: Settings) -> None:
    """Serve until asked to stop."""
    memory.embedder.open_embedder = open_table
    from workers.app import serve  # only now, so that it takes the table's door

    serve(settings)


if __name__ == "__main__":
    main(connect(read_settings()))
