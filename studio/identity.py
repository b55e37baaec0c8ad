"""How much a painted picture resembles an influencer's reference pictures, and painting anew where it does not.

The score is a cosine of whole pictures under a vision model that the setting names: it tells a stranger from the same person
in a similar picture, and is no recognition of faces. Without an encoder there is no score.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from core.log import get_logger
from core.pictures import Painted, Painter, PaintOrder, PaintWatch

STEP = 7919
"""What is added to a seed to paint the same anew."""

log = get_logger(__name__)


class PictureEncoder(Protocol):
    """Turns encoded pictures into unit vectors of one length."""

    name: str

    async def encode(self, pictures: Sequence[bytes]) -> list[list[float]]:
        """Return one unit vector per picture. Raises `BadInput` (no picture), `Misconfigured`, `Unavailable`."""
        ...


class Likeness(Struct, frozen=True, kw_only=True):
    """What pictures are held to: an encoder (none: no score), the least cosine that will do, how often one is painted."""

    encoder: PictureEncoder | None = None
    least: float = 0.6
    tries: int = 1


class Scored(Struct, frozen=True):
    """A picture with its score, where one was measured, and how many paintings it took."""

    painted: Painted
    score: float | None = None
    tries: int = 1


async def score(data: bytes, references: Sequence[bytes], encoder: PictureEncoder | None) -> float | None:
    """Return the cosine (-1 to 1) of a picture to the reference that it resembles most.

    None where there is no encoder or no reference. Raises `BadInput`, `Misconfigured`, `Unavailable`.
    """
    if encoder is None or not references:
        return None
    own, *others = await encoder.encode([data, *references])
    return max(sum(a * b for a, b in zip(own, other, strict=True)) for other in others)


async def paint_alike(painter: Painter, orders: Sequence[PaintOrder], watch: PaintWatch, likeness: Likeness) -> list[Scored]:
    """Paint a batch as `Painter.paint` does; those unlike their reference are painted anew with another seed, the best is kept.

    Raises what the painter raises for the first painting; when a later one fails, what is there already is returned. Whoever
    withdraws the order ends it at any time.
    """
    best = await _score_all(await painter.paint(orders, watch), orders, likeness, 1)
    for attempt in range(2, likeness.tries + 1):
        again = [n for n, one in enumerate(best) if one.score is not None and one.score < likeness.least]
        if not again or watch.cancelled():
            break
        anew = [_reseeded(orders[n], attempt) for n in again]
        try:
            found = await _score_all(await painter.paint(anew, watch), anew, likeness, attempt)
        except Exception as error:  # what is painted is not thrown away for a better one that did not come
            log.warning("not_painted_anew", error=type(error).__name__, attempt=attempt)
            break
        for n, one in zip(again, found, strict=True):
            best[n] = replace(max(best[n], one, key=lambda scored: scored.score or -1.0), tries=attempt)
    return best


async def _score_all(painted: Sequence[Painted], orders: Sequence[PaintOrder], likeness: Likeness, tries: int) -> list[Scored]:
    return [
        Scored(one, await score(one.data, _faces(order), likeness.encoder), tries)
        for one, order in zip(painted, orders, strict=True)
    ]


def _faces(order: PaintOrder) -> tuple[bytes, ...]:
    return () if order.guides.face is None else (order.guides.face,)


def _reseeded(order: PaintOrder, attempt: int) -> PaintOrder:
    return replace(order, request=replace(order.request, seed=(order.request.seed + STEP * (attempt - 1)) % 2**32))


async def close_encoder(encoder: PictureEncoder | None) -> None:
    """Give an encoder's memory back, if it holds any."""
    closing = getattr(encoder, "close", None)
    if closing is not None:
        await asyncio.shield(closing())
