"""What was learnt, kept for the next start: arrays by name in one file. What cannot be kept or read is learnt again."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.log import get_logger

log = get_logger(__name__)


def keep_arrays(file: Path, **arrays: NDArray[Any]) -> None:
    """Write beside and rename, so that nobody reads half a file; a full disk costs the next start some seconds, no more."""
    beside = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as out:
            np.savez(out, allow_pickle=False, **arrays)
        beside.replace(file)
    except OSError as error:
        log.warning("what was learnt is not kept", file=file.name, cause=type(error).__name__)


def read_arrays(file: Path) -> dict[str, NDArray[Any]] | None:
    """Return what was kept, or none where there is no such file or it makes no sense."""
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
