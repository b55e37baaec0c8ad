"""Drawings kept for the next stack of this environment: the same words, drawn by the same programs, are the same picture."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from cli.vault.canvas import Picture

HERE = Path(__file__).parent
DECODER = msgspec.msgpack.Decoder(Picture)


def draw_once(draw: Callable[..., Picture], *words: str, folder: Path | None = None) -> Picture:
    """Return a drawing, from the folder where it was kept by an earlier start; drawn and kept where it was not.

    `folder`: beside this environment's packages, where that may be written to; else nothing is kept.
    """
    place = folder or _choose_folder()
    file = place / f"{_digest(draw.__name__, *words)}.picture" if place else None
    if file is not None:
        with suppress(OSError, msgspec.DecodeError):
            return DECODER.decode(file.read_bytes())
    picture = draw(*words)
    if file is not None:
        with suppress(OSError):  # a drawing that cannot be kept is drawn again
            _keep(file, msgspec.msgpack.encode(picture))
    return picture


def _choose_folder() -> Path | None:
    beside = Path(sys.prefix)
    return beside / "share" / "muse" / "drawings" if os.access(beside, os.W_OK) else None


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join((_programs(), *words)).encode()).hexdigest()[:32]


@cache
def _programs() -> str:
    """Return a digest of whatever decides how a drawing looks."""
    found = hashlib.sha256(version("pillow").encode() + version("numpy").encode())
    for file in sorted(HERE.glob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()


def _keep(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, delete=False) as half:
        half.write(data)
    Path(half.name).replace(file)
