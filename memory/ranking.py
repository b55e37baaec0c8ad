"""How found pieces of talk are weighed against each other: shared words, likeness, who said it, when, and what was around it.

Words and likeness are summed in standard deviations above the mean of this fan's own talk, so that neither outweighs the other
by its scale (docs/decisions tell what else was tried).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from memory.when import Span
from storage.episodes import FoundPiece

SPEAKER = 0.5
"""For what was said by the one whom the question is about."""
DAY = 2.0
"""For what was said on a day that the question names; half of it some days around."""
TALK = 0.3
"""Of the mean of the best three of the same talk: what was spoken of at length is looked for there."""
BEST_OF_TALK = 3
REACH_S = 3 * 3600.0
"""Messages further apart than this belong to different talks and are nobody's neighbours."""
RECENT = 0.1
HALF_LIFE_DAYS = 30.0

ALIKE = 0.35
"""Least likeness at which something said bears on a text by meaning alone."""
SHARE = 0.33
"""Least share of the text's words, by weight, at which something said bears on it by words alone."""
BOTH_ALIKE, BOTH_SHARE = 0.25, 0.2
"""Least of each for what bears on it by both."""
ECHO = 0.9
"""Likeness from which it is the same words again, which tell nothing new."""


class Hints(NamedTuple):
    """What a question says beside its words: whom it is about (fan or influencer), which days, and when it is asked."""

    speaker: str | None
    days: Sequence[Span]
    now: datetime


class Ranked(NamedTuple):
    """A message that bears on a text. `score` orders within one recall; `why` says what spoke for it."""

    message_id: UUID
    score: float
    why: str


def rank(pieces: Sequence[FoundPiece], hints: Hints, *, any_at_all: bool = False) -> list[Ranked]:
    """Return the messages that bear on a text, best first; nothing when none surely does (unless `any_at_all`)."""
    if not any_at_all and not any(_bears(piece) for piece in pieces):
        return []
    kept = _best_pieces(p for p in pieces if (p.likeness or 0.0) < ECHO and (p.share > 0 or (p.likeness or 0.0) >= BOTH_ALIKE))
    own = {piece.message_id: _own(piece, hints) for piece in kept}
    talks = _talks(kept)
    shared = {number: _mean_of_best([own[piece.message_id] for piece in talk]) for number, talk in talks.items()}
    where = {piece.message_id: number for number, talk in talks.items() for piece in talk}
    scored = [(own[piece.message_id] + TALK * shared[where[piece.message_id]], piece) for piece in kept]
    scored.sort(key=lambda pair: (-pair[0], pair[1].message_id))
    return [Ranked(piece.message_id, round(score, 3), _why(piece, hints)) for score, piece in scored]


def _bears(piece: FoundPiece) -> bool:
    likeness = piece.likeness or 0.0
    if likeness >= ECHO:
        return False
    return likeness >= ALIKE or piece.share >= SHARE or (likeness >= BOTH_ALIKE and piece.share >= BOTH_SHARE)


def _best_pieces(pieces: Iterable[FoundPiece]) -> list[FoundPiece]:
    best: dict[UUID, FoundPiece] = {}
    for piece in pieces:
        other = best.get(piece.message_id)
        if other is None or piece.words + piece.meaning > other.words + other.meaning:
            best[piece.message_id] = piece
    return list(best.values())


def _own(piece: FoundPiece, hints: Hints) -> float:
    day = max((span.bears(piece.said_at) for span in hints.days), default=0.0)
    age = max(0.0, (hints.now - piece.said_at).total_seconds() / 86400)
    recency = math.exp(-age * math.log(2) / HALF_LIFE_DAYS)
    return piece.words + piece.meaning + SPEAKER * _spoke(piece, hints) + DAY * day + RECENT * recency


def _spoke(piece: FoundPiece, hints: Hints) -> bool:
    return hints.speaker is not None and (piece.author == "fan") == (hints.speaker == "fan")


def _talks(pieces: Sequence[FoundPiece]) -> Mapping[int, list[FoundPiece]]:
    """Group pieces into talks: the same conversation without a long pause, as far as what was found tells."""
    talks: dict[int, list[FoundPiece]] = defaultdict(list)
    number, last = 0, None
    for piece in sorted(pieces, key=lambda piece: (piece.conversation_id, piece.said_at)):
        if last and (
            last.conversation_id != piece.conversation_id or piece.said_at - last.said_at > timedelta(seconds=REACH_S)
        ):
            number += 1
        talks[number].append(piece)
        last = piece
    return talks


def _mean_of_best(scores: Sequence[float]) -> float:
    """Return the mean of the best three; a talk with fewer has nothing else to show for itself."""
    return sum(sorted(scores, reverse=True)[:BEST_OF_TALK]) / BEST_OF_TALK


def _why(piece: FoundPiece, hints: Hints) -> str:
    ways = [
        *([f"words {piece.share:.2f}"] if piece.share > 0 else []),
        *([f"meaning {piece.likeness:.2f}"] if piece.likeness is not None else []),
        *(["speaker"] if _spoke(piece, hints) else []),
        *(["day"] if any(span.bears(piece.said_at) for span in hints.days) else []),
    ]
    return ", ".join(ways)
