"""`RememberSaid`: read for memory what was said in an agency's conversations, so that it is found again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from memory.episodes import remember_said as remember
from workers.engine import Engine
from workers.overdue import wake_overdue

log = get_logger(__name__)


async def remember_said(ctx: dict[str, Any], agency_id: str, _subject_id: str) -> None:
    """Write and embed what is not yet; a failure is tried again by the sweep."""
    engine: Engine = ctx["engine"]
    try:
        embedder = await engine.embedders.begin(UUID(agency_id))
        await remember(engine.house, embedder, UUID(agency_id), engine.episodes.of(embedder.name))
        await wake_overdue(engine, UUID(agency_id))
    except MuseError as error:
        log.warning("talk_not_remembered", agency=agency_id, error=type(error).__name__, detail=str(error))
