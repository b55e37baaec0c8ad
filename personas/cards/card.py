"""A character card whole: its document as it was written, and what lies around it. Reading and writing lose nothing."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from core.errors import BadInput
from personas.cards.bounds import MOST_FILE_BYTES
from personas.cards.charx import MAGIC, Packed, read_charx, write_charx
from personas.cards.jsons import read_json, write_json
from personas.cards.png import KEYWORDS, SIGNATURE, Chunk, card_bytes, read_chunks, with_card, write_chunks

Version: TypeAlias = Literal["v1", "v2", "v3", "eliza"]
Container: TypeAlias = Literal["json", "png", "charx"]

SPECS: dict[str, Version] = {"chara_card_v2": "v2", "chara_card_v3": "v3"}
V1_FIELDS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
ELIZA_FIELDS = ("bio", "lore", "messageExamples", "postExamples", "adjectives", "modelProvider", "plugins")
"""Any of these beside a name makes a character file of ElizaOS."""


class Card(Struct, frozen=True):
    """One card. `document` is its JSON, untouched; `chunks` are all of its PNG, `files` all of its CHARX but `card.json`."""

    version: Version
    document: dict[str, Any]
    container: Container = "json"
    chunks: tuple[Chunk, ...] = ()
    files: tuple[Packed, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """Return the object in which the character's fields stand."""
        inside: dict[str, Any] = self.document["data"] if self.version in ("v2", "v3") else self.document
        return inside

    @property
    def path(self) -> str:
        """Return how fields of `data` are called in reports: `data.` before them, or nothing."""
        return "data." if self.version in ("v2", "v3") else ""


def read_card(data: bytes, what: str = "This file") -> Card:
    """Read a card from a file's bytes, whatever it is. Raises `BadInput`, one sentence about `what`."""
    if len(data) > MOST_FILE_BYTES:
        raise BadInput(f"{what} has {len(data)} bytes; Muse reads cards of up to {MOST_FILE_BYTES}.")
    if data.startswith(SIGNATURE):
        chunks = read_chunks(data, what)
        document = read_json(card_bytes(chunks, what), f"The card in {what}")
        return Card(tell_version(document, what), document, "png", chunks=chunks)
    if data.startswith(MAGIC):
        card, files = read_charx(data, what)
        document = read_json(card, f"card.json in {what}")
        return Card(tell_version(document, what), document, "charx", files=files)
    if not data.strip():
        raise BadInput(f"{what} is empty.")
    if data[:1] in b"\x89\xff\x00GRI" or b"\0" in data[:64]:
        raise BadInput(f"{what} is neither JSON nor PNG nor CHARX; Muse reads those three.")
    document = read_json(data, what)
    return Card(tell_version(document, what), document)


def tell_version(document: Any, what: str) -> Version:
    """Say of which version a document is. Raises `BadInput` when it is no character's card."""
    if not isinstance(document, dict):
        raise BadInput(f"{what} is JSON, but no object; a card is one.")
    spec = document.get("spec")
    if spec is not None:
        if spec == "lorebook_v3":
            raise BadInput(f"{what} is a lorebook without a character; Muse imports characters.")
        if not isinstance(spec, str) or spec not in SPECS:
            raise BadInput(f"{what} is of the spec {str(spec)[:40]!r}; Muse reads {', '.join(SPECS)}, V1 and ElizaOS files.")
        if not isinstance(document.get("data"), dict):
            raise BadInput(f"{what} says to be {spec} but has no object data.")
        return SPECS[spec]
    if "name" in document and any(name in document for name in ELIZA_FIELDS):
        return "eliza"
    if "name" in document and any(name in document for name in V1_FIELDS[1:]):
        return "v1"
    raise BadInput(f"{what} is no character card: it has neither a spec nor a name with a description.")


def write_card(card: Card, *, indent: int | None = None) -> bytes:
    """Return a card's file, in the container that it says. Raises `BadInput` for a container that its version has not."""
    document = write_json(card.document, indent=indent if card.container == "json" else None)
    if card.container == "json":
        return document
    if card.version == "eliza":
        raise BadInput("An ElizaOS character file is JSON; choose --as json.")
    if card.container == "charx":
        if card.version != "v3":
            raise BadInput("CHARX is for V3 cards; choose --format v3, or --as json or png.")
        return write_charx(document, card.files)
    if not card.chunks:
        raise BadInput("A PNG card needs a picture.")
    return write_chunks(with_card(card.chunks, _keyword(card), document, alone=False))


def put_into(card: Card, container: Container, picture: bytes | None = None) -> tuple[Card, list[str]]:
    """Return a card in another container, and what stays behind. `picture` is a PNG, for a card that has none."""
    left: list[str] = []
    if container == card.container:
        return card, left
    if card.files and container != "charx":
        left.append(f"{len(card.files)} files of the CHARX (assets), which {container.upper()} cannot hold")
    if card.chunks and container == "json":
        left.append("the PNG's picture, which JSON cannot hold")
    chunks, files = card.chunks, card.files
    if container == "png" and not chunks and picture is not None:
        chunks = read_chunks(picture, "The picture")
    if container == "charx" and chunks and not files:
        files = (Packed("assets/icon/images/main.png", write_chunks(tuple(c for c in chunks if not c.is_card))),)
    return replace(card, container=container, chunks=chunks, files=files if container == "charx" else ()), left


def without_twin(card: Card) -> Card:
    """Return a card whose PNG holds no second card of another version, as it would after a change of this one."""
    if not card.chunks:
        return card
    return replace(card, chunks=with_card(card.chunks, _keyword(card), write_json(card.document), alone=True))


def _keyword(card: Card) -> bytes:
    """Return the name of the chunk for a card: where it was read from, else that of its version."""
    held = {chunk.keyword for chunk in card.chunks if chunk.is_card}
    return next((keyword for keyword in KEYWORDS if keyword in held), b"ccv3" if card.version == "v3" else b"chara")
