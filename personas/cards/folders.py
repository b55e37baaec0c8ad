"""An imported persona as a folder of data, with the card beside it as it came. A folder that is there is never written into."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from core.errors import BadInput
from personas.cards.card import Card, Container, read_card
from personas.cards.slugs import candidates
from personas.schema import Persona

PARTS = ("voice", "dialogues", "lorebook", "look", "lines")
UNSTATED = "unstated"
"""An age that nobody has stated: TOML has no word for none."""
CONTAINERS: tuple[Container, ...] = ("json", "png", "charx")

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_folder(parent: Path, persona: Persona, card: bytes, container: Container) -> Path:
    """Write a persona and its card below a folder, under a short name that is free there; return the new folder.

    Raises `BadInput` when nothing can be written there.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = _make(parent, persona.slug)
        try:
            for name, text in folder_files(replace(persona, slug=folder.name)).items():
                (folder / name).write_text(text, encoding="utf-8")
            (folder / f"card.{container}").write_bytes(card)
        except BaseException:
            shutil.rmtree(folder)
            raise
    except OSError as error:
        raise BadInput(f"{parent} cannot be written to: {error.strerror}. Name another folder with --to.") from None
    return folder


def kept_card(folder: Path) -> Card | None:
    """Read the card that lies beside a persona's folder, if one does. Raises `BadInput`."""
    for container in CONTAINERS:
        path = folder / f"card.{container}"
        if path.is_file():
            return read_card(path.read_bytes(), str(path))
    return None


def folder_files(persona: Persona) -> dict[str, str]:
    """Return the files of a persona's folder by name: every part in its own."""
    document = persona.to_document()
    parts = {name: document.pop(name) for name in PARTS}
    languages = document.pop("lines_in")
    boundaries = {"refuses": document.pop("refuses"), **document.pop("boundaries")}
    document["age"] = document["age"] if document["age"] is not None else UNSTATED
    files = {"persona.toml": document, "voice.toml": parts["voice"], "boundaries.toml": boundaries}
    if parts["dialogues"]:
        files["dialogues.toml"] = {"dialogues": parts["dialogues"]}
    files |= {f"{name}.toml": parts[name] for name in ("lorebook", "look", "lines") if parts[name]}
    files |= {f"lines.{code}.toml": lines for code, lines in languages.items()}
    return {name: to_toml(table) for name, table in files.items()}


def to_toml(table: dict[str, Any]) -> str:
    """Write a table as TOML: plain values first, then lists of tables. What is none is left out: TOML has no word for it."""
    plain = {key: value for key, value in table.items() if value is not None and not _is_rows(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, rows in table.items():
        for row in rows if _is_rows(rows) else ():
            lines += ["", f"[[{_key(key)}]]"]
            lines += [f"{_key(name)} = {_value(value)}" for name, value in row.items() if value is not None]
    return "\n".join(lines) + "\n"


def _make(parent: Path, slug: str) -> Path:
    """Make a folder of a free name; two at once get two."""
    for name in candidates(slug):
        try:
            (parent / name).mkdir()
        except FileExistsError:
            continue
        return parent / name
    raise BadInput(f"{parent} has no free name for {slug}.")


def _is_rows(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, dict) for row in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value if one is not None)}]"
    return repr(value)
