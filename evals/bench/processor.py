"""Processor time by process, read from /proc: whole trees for servers that fork, single threads for our own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PARENT, USER, SYSTEM, WAITED_USER, WAITED_SYSTEM = 1, 11, 12, 13, 14  # places after the command's name


def tree_seconds(pid: int) -> float:
    """Return the processor seconds of a process, its children and theirs, those that ended and were waited for included."""
    return sum(_seconds(stat, ended=True) for stat in _family(pid))


def thread_seconds(pid: int) -> tuple[float, float]:
    """Return the processor seconds of a process's main thread, and of all its others together (those alive)."""
    main = others = 0.0
    for task in _entries(PROC / str(pid) / "task"):
        stat = _read(task / "stat")
        if stat is None:
            continue
        if task.name == str(pid):
            main += _seconds(stat, ended=False)
        else:
            others += _seconds(stat, ended=False)
    return main, others


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds. 0 when it is gone."""
    try:
        pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _family(pid: int) -> Iterator[list[str]]:
    stats = {int(entry.name): stat for entry in _entries(PROC) if entry.name.isdigit() and (stat := _read(entry / "stat"))}
    wanted = [pid]
    while wanted:
        one = wanted.pop()
        if one in stats:
            yield stats[one]
            wanted += [child for child, stat in stats.items() if int(stat[PARENT]) == one]


def _seconds(stat: list[str], *, ended: bool) -> float:
    places = (USER, SYSTEM, WAITED_USER, WAITED_SYSTEM) if ended else (USER, SYSTEM)
    return sum(int(stat[place]) for place in places) / TICKS


def _read(file: Path) -> list[str] | None:
    try:
        return file.read_text().rpartition(")")[2].split()
    except OSError:  # it ended a moment ago
        return None


def _entries(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
