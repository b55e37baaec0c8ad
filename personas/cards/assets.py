"""What lies around a card: assets, which are never fetched, and further texts, in which an age may be said as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.errors import BadInput
from personas.cards.bounds import LONGEST_DATA_URI, MOST_ASSETS
from personas.cards.card import Card
from personas.cards.fields import Fields
from personas.cards.jsons import read_json
from personas.cards.png import KEYWORDS, PLAIN, unpack_text

EMBEDDED = ("embeded://", "embedded://")
"""The spec's own spelling, and the right one that some write."""
TEXT_FILES = (".json", ".txt", ".md", ".lua", ".js", ".yaml", ".yml", ".toml", ".csv", ".html")


def look_at_assets(card: Card) -> list[str]:
    """Return what an operator should know of a card's assets; nothing is fetched, whatever the card names.

    Raises `BadInput` for addresses of files on this machine, for too large ones, and for too many.
    """
    fields = Fields(card.data, card.path)
    if card.version != "v3":
        return []
    assets = fields.many("assets")
    if len(assets) > MOST_ASSETS:
        raise BadInput(f"data.assets has {len(assets)} assets; Muse takes {MOST_ASSETS}.")
    held = {file.path for file in card.files}
    remote = missing = strange = 0
    for at, one in enumerate(assets):
        uri = Fields(one, f"data.assets[{at}].").text("uri")
        kind = uri[:12].casefold()
        if kind.startswith("file:") or uri.startswith(("/", "\\", "~")):
            raise BadInput(f"data.assets[{at}].uri names a file of this machine; a card has no business there.")
        if kind.startswith("data:") and len(uri) > LONGEST_DATA_URI:
            raise BadInput(f"data.assets[{at}].uri holds {len(uri)} characters; Muse takes {LONGEST_DATA_URI}.")
        remote += kind.startswith(("http:", "https:"))
        inside = next((uri[len(sign) :] for sign in EMBEDDED if uri.casefold().startswith(sign)), None)
        missing += inside is not None and card.container == "charx" and inside not in held
        known = ("http:", "https:", "data:", "ccdefault:", "__asset:", *(sign[:8] for sign in EMBEDDED))
        strange += bool(uri) and not kind.startswith(known)
    said = [
        (remote, "assets lie on the web; they were not fetched, and their addresses stay in the card"),
        (missing, "assets are named but missing in the CHARX"),
        (strange, "assets have an address of a kind that Muse does not know; it stays in the card"),
    ]
    return [f"{count} {sentence}." for count, sentence in said if count]


def texts_around(card: Card) -> Iterator[tuple[str, Any]]:
    """Yield the texts and documents beside the card itself: other text chunks of a PNG, text files of a CHARX."""
    read_from = next((keyword for keyword in KEYWORDS if any(c.is_card and c.keyword == keyword for c in card.chunks)), b"")
    for chunk in card.chunks:
        if chunk.kind != PLAIN or chunk.keyword == read_from or chunk.keyword.startswith(b"chara-ext-asset_"):
            continue
        where = f"chunk {chunk.keyword[:40].decode('latin-1')}"
        if chunk.is_card:
            yield where, _document(unpack_text(chunk, "The picture"), where)
        else:
            yield where, chunk.data.partition(b"\0")[2].decode("latin-1")
    for file in card.files:
        yield "a file's name", file.path
        if file.path.casefold().endswith(TEXT_FILES):
            yield file.path, _document(file.data, file.path)


def _document(data: bytes, where: str) -> Any:
    """Return JSON as its value, and anything else as its text."""
    try:
        return read_json(data, where)
    except BadInput:
        return data.decode("utf-8", "replace")
