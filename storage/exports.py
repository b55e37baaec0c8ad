"""Everything that is held about a person, as rows: for the person who asks for it, and for nobody else."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import UUID

from storage.links import person_of
from storage.queries import Queries, Query
from storage.unit import Unit

EXPORTS = Queries("exports")
Rows: TypeAlias = list[dict[str, Any]]

SECTIONS: Mapping[str, Query] = {
    "fans": EXPORTS["fans"],
    "identities": EXPORTS["identities"],
    "links": EXPORTS["links"],
    "conversations": EXPORTS["conversations"],
    "messages": EXPORTS["messages"],
    "files": EXPORTS["files"],
    "facts": EXPORTS["facts"],
    "episodes": EXPORTS["episodes"],
    "summaries": EXPORTS["summaries"],
    "tags": EXPORTS["tags"],
    "turns": EXPORTS["turns"],
    "drafts": EXPORTS["drafts"],
    "deliveries": EXPORTS["deliveries"],
    "disclosures": EXPORTS["disclosures"],
    "reactions": EXPORTS["reactions"],
    "echoes": EXPORTS["echoes"],
    "offers": EXPORTS["offers"],
    "rests": EXPORTS["rests"],
    "limits": EXPORTS["limits"],
    "promos": EXPORTS["promos"],
    "bundles": EXPORTS["bundles"],
    "codes": EXPORTS["codes"],
    "checkouts": EXPORTS["checkouts"],
    "purchases": EXPORTS["purchases"],
    "pictures": EXPORTS["pictures"],
    "posts": EXPORTS["posts"],
    "events": EXPORTS["events"],
}
"""What an export holds, in its order; each query's sentence says what a section is."""


async def read_person(unit: Unit, fan_id: UUID) -> dict[str, Rows]:
    """Return all rows about a person by section, those of linked fan rows among them. Raises `NotFound`."""
    fans = await person_of(unit, fan_id)
    held = {name: await _rows(unit, query, fans) for name, query in SECTIONS.items()}
    for event in held["events"]:
        event["body"] = _readable(event["body"])
    return held


async def _rows(unit: Unit, query: Query, fans: list[UUID]) -> Rows:
    return [row[0] for row in await unit.connection.fetch(query.sql, fans)]


def _readable(body: str | None) -> Any:
    """Return what a platform sent as text where it is text, else in base64."""
    if body is None:
        return None
    raw = base64.b64decode(body)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}
