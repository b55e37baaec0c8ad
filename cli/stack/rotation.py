"""Keeps log files small. Children append to the file themselves, so it is copied away and emptied, never renamed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGEST = 10_000_000
KEPT = 3


def rotate(log: Path, largest: int = LARGEST, kept: int = KEPT) -> bool:
    """Move a log above `largest` bytes to `.1`, older ones up to `.<kept>`; tells whether it did.

    Lines written between copy and truncation are lost; in exchange no child ever waits for its log.
    """
    if log.stat().st_size <= largest:
        return False
    for number in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copy2(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)
    return True
