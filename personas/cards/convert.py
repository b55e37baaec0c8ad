"""A card of one version as a card of another, with a report of every field that could not be carried."""

from __future__ import annotations

import copy
from typing import Any

from msgspec.structs import replace

from core.errors import BadInput
from personas.cards.card import V1_FIELDS, Card, Version
from personas.cards.fields import Loss
from personas.decorators import read_decorators

V2_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(V1_FIELDS, ""),
    "creator_notes": "",
    "system_prompt": "",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "tags": [],
    "creator": "",
    "character_version": "",
    "extensions": {},
}
V3_ONLY = (
    "assets",
    "nickname",
    "creator_notes_multilingual",
    "source",
    "group_only_greetings",
    "creation_date",
    "modification_date",
)
EMPTY: tuple[Any, ...] = (None, "", [], {})


def convert(card: Card, version: Version) -> tuple[Card, list[Loss]]:
    """Return the card in another version and what is lost by it; in its own version it stays as it is.

    Raises `BadInput` for ElizaOS files, which are read but not written.
    """
    if card.version == version:
        return card, []
    if "eliza" in (card.version, version):
        raise BadInput("ElizaOS character files are imported, not converted; export the persona instead.")
    losses: list[Loss] = []
    document = copy.deepcopy(card.document)
    if card.version == "v1":
        document = _from_v1(document, losses)
    elif card.version == "v3" and version != "v3":
        document = _from_v3(document, losses)
    if version == "v1":
        document = _to_v1(document, losses)
    elif version == "v3":
        document = _to_v3(document)
    chunks = tuple(chunk for chunk in card.chunks if not chunk.is_card)
    container = "png" if chunks and version != "v3" and card.container == "charx" else card.container
    if container == "charx" and version != "v3":
        container = "json"
        losses += [Loss(file.path, "a file of the CHARX, which only V3 has") for file in card.files]
    files = card.files if container == "charx" else ()
    return Card(version, document, container, chunks=chunks, files=files), losses


def _from_v1(document: dict[str, Any], losses: list[Loss]) -> dict[str, Any]:
    """Make V2 of V1. Fields that V1 does not know stay where they are, at the top, as other programs keep them."""
    data = copy.deepcopy(V2_DEFAULTS) | {name: document.pop(name) for name in V1_FIELDS if name in document}
    for name in ("spec", "spec_version", "data"):
        if name in document:
            losses.append(Loss(name, "V2 has a field of its own there"))
            del document[name]
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": data, **document}


def _to_v3(document: dict[str, Any]) -> dict[str, Any]:
    """Make V3 of V2: everything is carried, and what V3 demands is added."""
    document["spec"], document["spec_version"] = "chara_card_v3", "3.0"
    document["data"].setdefault("group_only_greetings", [])
    for entry in _entries(document["data"]):
        entry.setdefault("use_regex", False)
    return document


def _from_v3(document: dict[str, Any], losses: list[Loss]) -> dict[str, Any]:
    """Make V2 of V3. Unknown fields and extensions stay; decorators go, as the spec says."""
    document["spec"], document["spec_version"] = "chara_card_v2", "2.0"
    data = document["data"]
    for name in V3_ONLY:
        if data.pop(name, None) not in EMPTY:
            losses.append(Loss(f"data.{name}", "only V3 has it"))
    for at, entry in enumerate(_entries(data)):
        where = f"data.character_book.entries[{at}]"
        if entry.pop("use_regex", False):
            losses.append(Loss(f"{where}.use_regex", "V2 takes its patterns for words, so the entry is switched off"))
            entry["enabled"] = False
        content = entry.get("content")
        if isinstance(content, str) and (bare := read_decorators(content)[1]) != content:
            losses.append(Loss(f"{where}.content", "only V3 has decorators (@@…)"))
            entry["content"] = bare
    return document


def _to_v1(document: dict[str, Any], losses: list[Loss]) -> dict[str, Any]:
    data = document["data"]
    flat = {name: data[name] if data.get(name) is not None else "" for name in V1_FIELDS}
    for name, value in data.items():
        if name not in V1_FIELDS and value not in EMPTY:
            losses += _told(f"data.{name}", value)
    losses += [Loss(name, "V1 has no such field") for name in document if name not in ("spec", "spec_version", "data")]
    return flat


def _told(path: str, value: Any) -> list[Loss]:
    """Name what V1 has no room for, field by field."""
    if isinstance(value, dict):
        return [loss for name, inner in value.items() if inner not in EMPTY for loss in [Loss(f"{path}.{name}", NO_FIELD)]]
    return [Loss(path, NO_FIELD)]


NO_FIELD = "V1 has no such field"


def _entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    book = data.get("character_book")
    entries = book.get("entries") if isinstance(book, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def replace_data(card: Card, changes: dict[str, Any]) -> Card:
    """Return a card with some fields of its data set anew; none takes one out."""
    document = copy.deepcopy(card.document)
    data = document["data"] if card.version in ("v2", "v3") else document
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    return replace(card, document=document)
