"""Character cards that influencers were imported from: the bytes as they came, and whose they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput
from core.ids import new_id
from core.ports import Blobs
from storage.queries import Queries
from storage.unit import Unit

CARDS = Queries("cards")
MIMES = {"json": "application/json", "png": "image/png", "charx": "application/zip"}


class KeptCard(Struct, frozen=True):
    """A kept card. `spec` is v1, v2, v3 or eliza; `container` json, png or charx; `losses` are {field, why}."""

    id: UUID
    influencer_id: UUID
    persona_version_id: UUID
    spec: str
    container: str
    blob_key: str
    sha256: bytes
    size: int
    losses: list[dict[str, Any]]


async def keep_bytes(blobs: Blobs, data: bytes, container: str) -> str:
    """Keep a card's bytes among the files before a row names them; return their key. The same bytes are kept once."""
    key = f"cards/{hashlib.sha256(data).hexdigest()}"
    await blobs.put(key, data, MIMES[container])
    return key


async def claim_slug(unit: Unit, candidates: Iterable[str], name: str, most: int = 1000) -> str:
    """Make an influencer under the first short name that nobody of the agency has, and return it.

    Two at once get two names, and nobody is ever overwritten. Raises `BadInput` after so many tries.
    """
    for slug, _ in zip(candidates, range(most), strict=False):
        if await CARDS["claim_slug"].value(unit, new_id(), slug, name) is not None:
            return slug
    raise BadInput(f"There are {most} influencers called like {name!r} already; give the card another name.")


async def put_card(unit: Unit, card: KeptCard) -> None:
    """Write whose card it is."""
    await CARDS["put"].run(
        unit,
        card.id,
        card.influencer_id,
        card.persona_version_id,
        card.spec,
        card.container,
        card.blob_key,
        card.sha256,
        card.size,
        card.losses,
    )


async def find_card(unit: Unit, influencer_id: UUID) -> KeptCard | None:
    """Return the card that an influencer was imported from, the newest of several; none if it came from no card."""
    return await CARDS["newest"].first(unit, KeptCard, influencer_id)
