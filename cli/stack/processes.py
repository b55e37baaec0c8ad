"""Processes by pid and start time, so that a number which another program got meanwhile is never taken for ours."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct


class Identity(Struct, frozen=True):
    """A process: its pid and when it started, in the system's own words."""

    pid: int
    started: str


def identify(pid: int) -> Identity | None:
    """Return who runs under a pid, or None when nobody does (a zombie is nobody)."""
    if sys.platform.startswith("linux"):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return None if fields[0] in "ZX" else Identity(pid, f"{boot}/{fields[19]}")
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 — fixed words and a number
    state, _, started = shown.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else Identity(pid, started.strip())


def is_alive(process: Identity) -> bool:
    """Tell whether exactly this process still runs."""
    return identify(process.pid) == process


async def end(process: Identity, signals: Sequence[tuple[signal.Signals, float]]) -> bool:
    """End a process that may not be our child: each signal in turn, with its seconds of patience. Tells whether it ended."""
    for number, patience in signals:
        if not is_alive(process):
            return True
        os.kill(process.pid, number)
        waited = 0.0
        while waited < patience:
            await asyncio.sleep(0.02)
            waited += 0.02
            if not is_alive(process):
                return True
    return not is_alive(process)


def remember(file: Path, process: Identity) -> None:
    """Write a pid file."""
    replace(file, msgspec.json.encode(process))


def recall(file: Path) -> Identity | None:
    """Read a pid file; None when there is none or it is unreadable."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Identity)
    except (OSError, msgspec.DecodeError):
        return None


def replace(file: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file so that a reader sees the old or the new one, never a half."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
        handle.write(data)
    fresh.replace(file)
