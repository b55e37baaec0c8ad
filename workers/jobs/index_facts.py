"""`IndexFacts`: bring an agency's new facts into the index."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from memory.indexing import index_facts as index
from workers.engine import Engine

log = get_logger(__name__)


async def index_facts(ctx: dict[str, Any], agency_id: str, _subject_id: str) -> None:
    """Embed and index what is not yet; a failure is tried again by the sweep."""
    engine: Engine = ctx["engine"]
    try:
        embedder = await engine.embedders.begin(UUID(agency_id))
        await index(engine.house, embedder, engine.facts.of(embedder.name), UUID(agency_id))
    except MuseError as error:
        log.warning("facts_not_indexed", agency=agency_id, error=type(error).__name__, detail=str(error))
