"""`AnalyseTurn`: let the analyst read what a fan said in a turn, and keep what it finds and memory lets pass."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arq.worker import Retry

from core.errors import Busy, MuseError
from core.log import get_logger
from memory.facts import write_fact
from storage.analysis import Said, load_said, mark_analysed, still_said
from storage.conversations import stays_local
from workers.engine import Engine
from workers.overdue import put_off, wake_overdue

AGAIN_S = 20
TRIES = 2
log = get_logger(__name__)


async def analyse_turn(ctx: dict[str, Any], agency_id: str, turn_id: str) -> None:
    """Read a turn once. What fails is tried once more; a broken answer erases nothing, and a second run adds nothing.

    While as many are read as may be at a time, the job is over at once: `wake_overdue` comes back to the turn.
    """
    engine: Engine = ctx["engine"]
    agency, turn = UUID(agency_id), UUID(turn_id)
    if engine.analyst is None:
        return
    async with engine.house.app.unit(agency) as unit:
        said = await load_said(unit, turn)
        kept = said is not None and not engine.models_local and await stays_local(unit, said.conversation_id)
        if said is None or not said.messages or kept:
            await mark_analysed(unit, turn)  # nothing to read, or nothing that may be
            return
    try:
        facts = await engine.analyst.extract(said.messages)
    except Busy:
        engine.figures.count("analyses_put_off")
        await put_off(engine, turn)
        return
    except MuseError as error:
        engine.figures.count("analyses_failed")
        log.warning("turn_not_analysed", turn=turn_id, error=type(error).__name__, attempt=ctx.get("job_try", TRIES))
        if ctx.get("job_try", TRIES) < TRIES:
            raise Retry(defer=AGAIN_S) from error
        return
    if await _keep(engine, agency, turn, said, facts):
        await engine.house.jobs.index_facts(agency)
    await wake_overdue(engine, agency, 1)


async def _keep(engine: Engine, agency: UUID, turn: UUID, said: Said, facts: list[Any]) -> bool:
    """Write the mark and the facts in one; return whether there was anything to write."""
    async with engine.house.app.unit(agency) as unit:
        if not await mark_analysed(unit, turn):
            return False
        stand = await still_said(unit, said.messages)
        kept = [fact for fact in facts if fact.source_message_ids and stand.issuperset(fact.source_message_ids)]
        for fact in kept:
            await write_fact(unit, said.whose, fact)
    engine.figures.count("analysed_facts", len(kept))
    log.info("turn_analysed", turn=str(turn), facts=len(kept), dropped=len(facts) - len(kept))
    return bool(kept)
