"""`DropRemains`: make what is gone from the rows gone from the vector indexes and the files too.

A second pass comes later: whoever was just then writing an entry of a forgotten fan is done by then.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from memory.purging import purge_vectors
from storage import forgetting
from storage.forgetting import Pending
from workers.engine import Engine

PASSES = 2
LATER_S = 900.0
AGAIN_S = 30.0
log = get_logger(__name__)


async def drop_remains(ctx: dict[str, Any], agency_id: str, _subject_id: str) -> None:
    """See to all that waits in an agency; what cannot be reached now is put off."""
    engine: Engine = ctx["engine"]
    agency = UUID(agency_id)
    try:
        async with engine.house.app.unit(agency) as unit:
            waiting = await forgetting.list_pending(unit)
        for pending in waiting:
            await _see_to(engine, agency, pending)
    except MuseError as error:  # the sweep comes by again
        log.warning("remains_put_off", agency=agency_id, error=type(error).__name__)


async def _see_to(engine: Engine, agency: UUID, pending: Pending) -> None:
    try:
        await _drop(engine, pending)
    except MuseError as error:
        log.warning("remains_left", kind=pending.kind, items=len(pending.items), error=type(error).__name__)
        async with engine.house.app.unit(agency) as unit:
            await forgetting.put_off(unit, pending, AGAIN_S, done=False)
        return
    async with engine.house.app.unit(agency) as unit:
        if pending.passes + 1 >= PASSES:
            await forgetting.settle(unit, pending)
        else:
            await forgetting.put_off(unit, pending, LATER_S, done=True)
    log.info("remains_dropped", kind=pending.kind, items=len(pending.items))


async def _drop(engine: Engine, pending: Pending) -> None:
    if pending.kind == "vector":
        await purge_vectors(engine.settings.chroma_url, pending.items)
        return
    for key in pending.items:
        await engine.house.blobs.delete(key)
