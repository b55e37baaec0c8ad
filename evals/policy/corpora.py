"""Public files that are measured on where they lie, never copied: NotInject, XSTest, BIPIA, LoCoMo and CLINC150."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from core.errors import BadInput

SHARES = "shares a picture"


class Corpus(Struct, frozen=True):
    """Texts of one file, each with a label for the report; `attacks`: they are to be found, else they are to pass."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    attacks: bool = False


def read_notinject(file: Path) -> list[Corpus]:
    """Read a file of NotInject: harmless texts with words of attacks."""
    rows = _json(file)
    return [Corpus(f"NotInject {file.stem}", tuple(r["prompt"] for r in rows), tuple(str(r.get("category", "")) for r in rows))]


def read_xstest(file: Path) -> list[Corpus]:
    """Read XSTest; only the safe half has to pass, and nothing is asked of the other."""
    with file.open(encoding="utf-8", newline="") as raw:
        rows = [row for row in csv.DictReader(raw) if row["label"] == "safe"]
    return [Corpus("XSTest safe", tuple(row["prompt"] for row in rows), tuple(row["type"] for row in rows))]


def read_bipia(file: Path) -> list[Corpus]:
    """Read BIPIA's attacks, by category. Some are plain questions, dangerous only in another's document."""
    table = _json(file)
    pairs = [(text, category) for category, texts in table.items() for text in texts]
    return [Corpus("BIPIA attacks", tuple(text for text, _ in pairs), tuple(category for _, category in pairs), attacks=True)]


def read_locomo(file: Path) -> list[Corpus]:
    """Read every turn that was said in LoCoMo's conversations; those that came with a picture are labelled so."""
    turns = [
        (turn["text"], SHARES if turn.get("blip_caption") else "")
        for talk in _json(file)
        for name, said in talk["conversation"].items()
        if name.startswith("session_") and isinstance(said, list)
        for turn in said
    ]
    return [Corpus("LoCoMo turns", tuple(text for text, _ in turns), tuple(label for _, label in turns))]


def read_clinc(file: Path) -> list[Corpus]:
    """Read all queries of all splits of CLINC150."""
    table = _json(file)
    queries = [text for split in table.values() for text, _ in split]
    return [Corpus("CLINC150 queries", tuple(queries), ("",) * len(queries))]


READERS: dict[str, Callable[[Path], list[Corpus]]] = {
    "notinject": read_notinject,
    "xstest": read_xstest,
    "bipia": read_bipia,
    "locomo": read_locomo,
    "clinc": read_clinc,
}


def read_corpus(name: str, file: Path) -> list[Corpus]:
    """Read a public file. Raises `BadInput` where it is not there, or not what its name says."""
    try:
        corpora = READERS[name](file)
        if not all(corpus.texts for corpus in corpora):
            raise ValueError("it holds no texts")
        return corpora
    except FileNotFoundError:
        raise BadInput(f"--{name}: there is no file {file}.") from None
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"--{name}: {file} is not a file of that set ({type(error).__name__}: {error}).") from error


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
