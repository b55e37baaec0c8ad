"""`ChangeEmbedder`: make an agency's vectors with the embedder that is set, and switch to them when all are there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from memory.reembedding import change_embedder as change
from workers.engine import Engine

log = get_logger(__name__)


async def change_embedder(ctx: dict[str, Any], agency_id: str, _subject_id: str) -> None:
    """Go on where the last run ended; a failure is tried again by the sweep."""
    engine: Engine = ctx["engine"]
    try:
        await change(engine.house, engine.embedders, [engine.facts, engine.episodes], UUID(agency_id))
    except MuseError as error:
        log.warning("embedder_not_changed", agency=agency_id, error=type(error).__name__, detail=str(error))
