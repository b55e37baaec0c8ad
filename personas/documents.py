"""Reading the files of a persona's folder, with errors that name file, key and remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from core.errors import Misconfigured

T = TypeVar("T")


def read_table(path: Path) -> dict[str, Any]:
    """Read one TOML file. Raises `Misconfigured` if it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misconfigured(f"{path} is missing; every persona's folder needs it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is no TOML file in UTF-8: {error}.") from None


def convert(table: dict[str, Any], kind: type[T], path: Path) -> T:
    """Check a table against its type. Raises `Misconfigured`, naming file and key."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path}: {error}. Change that key and load it again.") from None


def read_document(path: Path, kind: type[T]) -> T:
    """Read one TOML file as a type. Raises `Misconfigured`, naming file and key."""
    return convert(read_table(path), kind, path)
