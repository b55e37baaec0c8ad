"""Recall: what is known of the fan and was said that bears on the burst, and what each sentence wants."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from langgraph.runtime import Runtime

from agents.reflex.biography import find_own_fact
from agents.reflex.intents import Sight
from agents.reflex.languages import choose_spoken
from agents.state import Thinking, TurnState, shown_window, spoken_words
from core.errors import MuseError
from core.nouns import Message
from core.recall import Asked, Recalled, RecalledFact
from memory.voice import in_first_person

MOST_FACTS = 8
AWAY = "recall away"


async def recall(_state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Wait for what `look_up` finds; the turn has begun it before the graph, so that the embedder need not wait for that."""
    return await (runtime.context.ahead or look_up(runtime.context))


async def look_up(thinking: Thinking) -> TurnState:
    """Ask memory what bears on the burst and read what the fan wants, side by side."""
    said = spoken_words(thinking.turn)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(_ask(thinking, [message.text for message in said]))
        reading = group.create_task(_read(thinking, said))
    known, read = asking.result(), reading.result()
    notes = [*read["notes"], *([AWAY] if AWAY in known.marks else [])]
    likeness = await _compare(thinking, read["sights"], known.facts)
    return {**read, "known": known, "recalled": known.facts, "likeness": likeness, "notes": notes}


async def _read(thinking: Thinking, said: Sequence[Message]) -> TurnState:
    """Return what each sentence wants, what it warns of, and what the persona has to say to it, by vectors made once."""
    services = thinking.services
    sights, embedder = await services.classifier.classify(said)
    return {
        "sights": sights,
        "signs": await services.watcher.look(said, sights) if services.watcher else (),
        "about": await _about(thinking, sights),
        "notes": [] if embedder == services.embedder.name else ["embedder away: intents read by wording"],
    }


async def _ask(thinking: Thinking, texts: Sequence[str]) -> Recalled:
    turn = thinking.turn
    asked = Asked(
        agency_id=turn.account.agency_id,
        influencer_id=turn.influencer.id,
        fan_ids=(turn.fan.id, *turn.fan.also),
        texts=tuple(texts),
        now=thinking.now,
        conversation_id=turn.conversation.id,
        window=shown_window(turn),
        burst=tuple(message.id for message in turn.burst),
        summary=turn.summary,
        fan_name=turn.fan.display_name or "",
        influencer_name=turn.influencer.name,
        most_facts=MOST_FACTS,
    )
    try:
        return await thinking.services.recall(asked)
    except MuseError:  # the rows are away: the turn goes on without a memory, and says so
        return Recalled(marks=(AWAY,))


async def _about(thinking: Thinking, sights: Sequence[Sight]) -> str | None:
    """Return what the persona has to say to the last question about itself."""
    questions = [sight.text for sight in sights if sight.intent == "question_about_me"]
    found = await find_own_fact(questions[-1], thinking.persona, thinking.services.embedder) if questions else None
    return found.told_in(choose_spoken(thinking.turn, thinking.persona)) if found else None


async def _compare(thinking: Thinking, sights: Sequence[Sight], facts: Sequence[RecalledFact]) -> dict[UUID, float]:
    """Compare each fact to the questions about the fan, in -1..1; empty where there is no such question."""
    questions = [sight.text for sight in sights if sight.intent == "ask_recalled_fact"]
    if not questions or not facts:
        return {}
    try:
        vectors = np.asarray(await thinking.services.embedder.embed([*questions, *(in_first_person(f.text) for f in facts)]))
    except MuseError:
        return {}
    likeness = vectors[len(questions) :] @ vectors[: len(questions)].T
    return {fact.fact_id: float(row.max()) for fact, row in zip(facts, likeness, strict=True)}
