"""What a killed supervisor left behind: exactly our own processes are ended, stale sockets and pid files removed."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from cli.stack.folder import DataFolder
from cli.stack.processes import Identity, end, is_alive, recall

PATIENCE = 5.0
SERVERS = ("postgres", "valkey", "chroma")


async def end_leftovers(folder: DataFolder, patience: float = PATIENCE) -> list[str]:
    """End what earlier pid files name, Muse's own processes before the servers; return the names of those that still ran.

    `patience`: seconds before a signal is followed by a harder one. A process gone since, or another program under its
    number, is left alone.
    """
    found = {file: process for file in folder.run.glob("*.pid") if (process := recall(file)) and is_alive(process)}
    ours = {file: process for file, process in found.items() if file.stem not in SERVERS}
    for group in (ours, {file: process for file, process in found.items() if file not in ours}):
        async with asyncio.TaskGroup() as ending:
            for file, process in group.items():
                ending.create_task(_end(file.stem, process, patience))
    _sweep(folder)
    return sorted(file.stem for file in found)


async def _end(name: str, process: Identity, patience: float) -> None:
    gentle = [signal.SIGINT, signal.SIGQUIT] if name == "postgres" else [signal.SIGTERM]
    await end(process, [*((number, patience) for number in gentle), (signal.SIGKILL, patience)])


def _sweep(folder: DataFolder) -> None:
    for file in (*folder.run.glob("*.pid"), *folder.run.glob("*.new"), folder.run / "worker.ready"):
        file.unlink(missing_ok=True)
    note = folder.run / "sockets.path"
    sockets = Path(note.read_text().strip()) if note.is_file() else folder.run / "sockets"
    for file in sockets.glob("*") if sockets.is_dir() and not sockets.is_symlink() else ():
        if file.name.startswith((".s.PGSQL.", "valkey.sock")):
            file.unlink()
