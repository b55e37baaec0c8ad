"""Labelled sentences to measure on: our own two halves, and CLINC150's format."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from core.errors import BadInput

FOLDER = Path(__file__).parent / "sets"
HALVES = ("calibration", "test")
OUTSIDE = "oos"
LARGEST = 200_000_000
"""Bytes of a file that is read."""


class Labelled(Struct, frozen=True):
    """One message, what it wants, and the language it is written in."""

    text: str
    intent: str
    language: str = ""


class Splits(Struct, frozen=True):
    """A data set's official parts; `oos` ones hold what is out of scope. Each row is (text, intent)."""

    train: tuple[tuple[str, str], ...]
    val: tuple[tuple[str, str], ...]
    test: tuple[tuple[str, str], ...]
    oos_train: tuple[tuple[str, str], ...]
    oos_val: tuple[tuple[str, str], ...]
    oos_test: tuple[tuple[str, str], ...]


def load_own(half: str) -> list[Labelled]:
    """Read one half of our own set."""
    table = tomllib.loads((FOLDER / f"{half}.toml").read_text(encoding="utf-8"))
    return [
        Labelled(text, intent, language)
        for language, intents in table.items()
        for intent, texts in intents.items()
        for text in texts
    ]


def load_clinc(file: Path) -> Splits:
    """Read a file in CLINC150's format. Raises `BadInput`, naming what is missing."""
    try:
        if file.stat().st_size > LARGEST:
            raise BadInput(f"{file} is larger than {LARGEST // 1_000_000} MB; that is no file of labelled sentences.")
        splits = msgspec.json.decode(file.read_bytes(), type=Splits)
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}).") from error
    except msgspec.MsgspecError as error:
        raise BadInput(
            f"{file} is not in CLINC150's format (train, val, test, oos_train, …, of [text, intent]): {error}."
        ) from error
    if empty := [name for name in splits.__struct_fields__ if not getattr(splits, name) and name != "oos_train"]:
        raise BadInput(f"{file} has nothing in {empty[0]}.")
    if len({intent for _, intent in splits.train}) < 2:
        raise BadInput(f"{file} has fewer than two intents in train.")
    return splits
