"""What was said becomes something that can be found again: each message, in pieces if it is long, read beside the turns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from msgspec import structs

from core.errors import Unavailable
from core.log import get_logger
from core.ports import Embedder, VectorIndex
from memory.guards import is_recallable
from memory.indexing import index_episodes
from memory.languages import dictionary_of, find_language
from storage.episodes import Piece, Unread, keep_episodes, list_unread, pass_over_unsaid
from storage.house import House

BATCH = 64
REST_S = 30.0
"""Seconds for which a message is left alone: it lies in the window of its conversation, where nothing is recalled of it."""
PIECE = 800
"""Characters of a piece; small embedders read some 250 words and drop the rest."""
MOST_PIECES = 32
"""Pieces of one message; what a longer one says after them is not found again by memory."""

_BREAK = re.compile(r"(?<=[.!?…])\s+|\n+")
log = get_logger(__name__)


async def remember_said(
    house: House, embedder: Embedder, agency_id: UUID, index: VectorIndex | None = None, rest_s: float = REST_S
) -> int:
    """Read what an agency's conversations said since the last time and return how many messages that were.

    Without its embedder memory keeps the words and embeds them in a later run. Running it again, or twice at once, does no
    harm. Raises `Unavailable`.
    """
    done = 0
    async with house.app.unit(agency_id) as unit:
        await pass_over_unsaid(unit)
    while True:
        async with house.app.unit(agency_id) as unit:
            read = await list_unread(unit, rest_s, BATCH)
        if not read:
            break
        pieces = await _embedded(embedder, [piece for message in read for piece in cut(message)])
        async with house.app.unit(agency_id) as unit:
            await keep_episodes(unit, read, pieces, embedder.name, to_index=index is not None)
        done += len(read)
    await index_episodes(house, embedder, index, agency_id)
    return done


def cut(message: Unread) -> Iterator[Piece]:
    """Cut a message into pieces as memory sees them, `<who>: <words>`; one of an ordinary length is one piece.

    None of one that holds what must not be told again: card numbers, addresses, passwords.
    """
    if not is_recallable(message.text):
        return
    language = find_language(message.text) or message.language or "en"
    for number, words in enumerate(islice(_cut(message.text.strip()), MOST_PIECES)):
        yield Piece(message.message_id, number, message.speaker, f"{message.speaker}: {words}", dictionary_of(language), None)


def _cut(text: str) -> Iterator[str]:
    piece = ""
    for part in _BREAK.split(text):
        while len(part) > PIECE:  # one endless sentence
            head, part = part[:PIECE], part[PIECE:]
            if piece:
                yield piece
                piece = ""
            yield head
        if piece and len(piece) + len(part) >= PIECE:
            yield piece
            piece = part
        else:
            piece = f"{piece} {part}".strip()
    if piece:
        yield piece


async def _embedded(embedder: Embedder, pieces: list[Piece]) -> list[Piece]:
    try:
        vectors = await embedder.embed([piece.text for piece in pieces])
    except Unavailable as error:
        log.warning("episodes without meaning", error=str(error))
        return pieces
    return [structs.replace(piece, vector=vector) for piece, vector in zip(pieces, vectors, strict=True)]
