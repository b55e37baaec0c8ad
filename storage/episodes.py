"""Episodes: what was said, as memory finds it again. Messages are the truth; an episode is a piece of one, with its vector."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from storage.facts import Whose
from storage.queries import Queries
from storage.unit import Unit

EPISODES = Queries("episodes")


class Unread(Struct, frozen=True):
    """A message that memory has not read; `language` is the fan's, where it is known."""

    message_id: UUID
    conversation_id: UUID
    influencer_id: UUID
    fan_id: UUID
    author: str
    text: str
    said_at: datetime
    speaker: str
    language: str | None


class Piece(Struct, frozen=True):
    """A piece of a message to be kept: `text`, opening with the speaker's name, is embedded; the vector may be missing.

    `dictionary` reads the words for full text.
    """

    message_id: UUID
    number: int
    speaker: str
    text: str
    dictionary: str
    vector: Sequence[float] | None


class Search(Struct, frozen=True, kw_only=True):
    """What is looked for: a fan's episodes (of all their linked selves) that bear on `text`.

    `vector`: of the text, as `embedder` sees it; none: by words alone. `near`: what an index found nearest, none: searched
    exactly. `without`: messages that are not asked for. `depth`: how many by each way. `reach_s`: neighbours are that close.
    """

    fan_ids: Sequence[UUID]
    influencer_id: UUID
    text: str
    vector: Sequence[float] | None
    embedder: str
    near: Sequence[UUID] | None = None
    without: Sequence[UUID] = ()
    depth: int
    reach_s: float


class FoundPiece(Struct, frozen=True):
    """A piece as a search found it, among all that the fan and the influencer said.

    `words` (BM25) and `meaning` (cosine) are in standard deviations above the mean; `share` is how much of the text's words it
    and its neighbours hold, by their weight, about 0..1; `likeness` is the cosine itself, none where there is no vector.
    """

    message_id: UUID
    conversation_id: UUID
    author: str
    said_at: datetime
    words: float
    meaning: float
    share: float
    likeness: float | None


class Saying(Struct, frozen=True):
    """What a message says now."""

    message_id: UUID
    author: str
    text: str
    said_at: datetime


async def list_unread(unit: Unit, rest_s: float, limit: int) -> list[Unread]:
    """Return messages that were said at least `rest_s` seconds ago and not read by memory, oldest first."""
    return await EPISODES["unread"].all(unit, Unread, rest_s, limit)


async def pass_over_unsaid(unit: Unit) -> int:
    """Note that what nobody said, or what did not leave within a day, is not to be read; return how many."""
    return await EPISODES["pass_over"].run(unit)


async def keep_episodes(
    unit: Unit, read: Sequence[Unread], pieces: Sequence[Piece], embedder: str, *, to_index: bool = False
) -> None:
    """Write the pieces of the messages that were read, in place of earlier ones, and note that they were.

    `to_index`: there is an index which must hold them.
    A message whose words changed meanwhile is left to be read again; one that is gone leaves nothing.
    """
    words = {message.message_id: message.text for message in read}
    await EPISODES["clear"].run(unit, list(words))
    await EPISODES["keep"].run_many(
        unit,
        [
            (
                new_id(),
                piece.message_id,
                piece.number,
                piece.text,
                piece.dictionary,
                embedder if piece.vector is not None else None,
                piece.vector,
                words[piece.message_id],
                piece.vector is not None and not to_index,
                piece.speaker,
            )
            for piece in pieces
        ],
    )
    await EPISODES["settle"].run(unit, list(words), list(words.values()))


async def search_episodes(unit: Unit, search: Search) -> list[FoundPiece]:
    """Return the pieces that bear most on a text, by words and by cosine, in no order."""
    return await EPISODES["search"].all(
        unit,
        FoundPiece,
        list(search.fan_ids),
        search.influencer_id,
        search.vector,
        search.embedder,
        search.text,
        None if search.near is None else list(search.near),
        search.reach_s,
        list(search.without),
        search.depth,
    )


async def load_sayings(unit: Unit, message_ids: Sequence[UUID]) -> list[Saying]:
    """Return what messages say now; deleted ones are missing."""
    return await EPISODES["said"].all(unit, Saying, list(message_ids))


async def count_indexed(unit: Unit, whose: Whose, embedder: str) -> int:
    """Return how many pieces an index should hold of a person, as an embedder sees them."""
    found: int = await EPISODES["count_indexed"].value(unit, whose.fan_ids, whose.influencer_id, embedder)
    return found
