"""`SummariseConversation`: move a conversation's window on, and tell in a summary what went before it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.errors import MuseError
from core.log import get_logger
from memory.summaries import summarise_conversation as summarise
from storage.conversations import stays_local
from workers.engine import Engine

log = get_logger(__name__)


async def summarise_conversation(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """Write what is missing; a failure is tried again after a later turn, whose window is long still."""
    engine: Engine = ctx["engine"]
    agency, conversation = UUID(agency_id), UUID(conversation_id)
    try:
        async with engine.house.app.unit(agency) as unit:
            kept = not engine.models_local and await stays_local(unit, conversation)
        told = await summarise(engine.house, agency, conversation, engine.embedder, None if kept else engine.summariser)
    except MuseError as error:
        log.warning("not_summarised", conversation=conversation_id, error=type(error).__name__)
        return
    if told:
        log.info("conversation_summarised", conversation=conversation_id, messages=told)
