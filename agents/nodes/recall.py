"""Recall: what is known of the fan that bears on the burst, and what each sentence wants."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from langgraph.runtime import Runtime

from agents.reflex.biography import find_own_fact
from agents.reflex.intents import Sight
from agents.reflex.languages import choose_language
from agents.state import Thinking, TurnState, spoken_words
from core.errors import MuseError
from core.turns import RecalledFact
from memory.voice import in_first_person

MOST_FACTS = 8
MOST_QUESTIONS = 6
"""Messages of a burst that are looked up by themselves; the last ones count."""


async def recall(_state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Look up facts for each message of the burst and read the fan's intents, side by side."""
    thinking = runtime.context
    said = spoken_words(thinking.turn)
    async with asyncio.TaskGroup() as group:
        lookups = [group.create_task(_look_up(thinking, text)) for text in _questions([message.text for message in said])]
        reading = group.create_task(thinking.services.classifier.classify(said))
    sights, embedder = reading.result()
    facts = _merge([lookup.result() or [] for lookup in lookups])
    notes = [] if embedder == thinking.services.embedder.name else ["embedder away: intents read by wording"]
    if any(lookup.result() is None for lookup in lookups):
        notes.append("recall away")
    likeness, about = await _compare(thinking, sights, facts), await _about(thinking, sights)
    return {"recalled": facts, "sights": sights, "likeness": likeness, "about": about, "notes": notes}


async def _look_up(thinking: Thinking, text: str) -> list[RecalledFact] | None:
    turn = thinking.turn
    try:
        return await thinking.services.recall(turn.account.agency_id, turn.influencer.id, turn.fan.id, text, MOST_FACTS)
    except MuseError:
        return None


def _questions(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts))[-MOST_QUESTIONS:]


def _merge(found: Sequence[list[RecalledFact]]) -> tuple[RecalledFact, ...]:
    best: dict[UUID, RecalledFact] = {}
    for fact in (fact for facts in found for fact in facts):
        if fact.fact_id not in best or fact.score > best[fact.fact_id].score:
            best[fact.fact_id] = fact
    return tuple(sorted(best.values(), key=lambda fact: -fact.score)[:MOST_FACTS])


async def _about(thinking: Thinking, sights: Sequence[Sight]) -> str | None:
    """Return what the persona has to say to the last question about itself."""
    questions = [sight.text for sight in sights if sight.intent == "question_about_me"]
    found = await find_own_fact(questions[-1], thinking.persona, thinking.services.embedder) if questions else None
    return found.told_in(choose_language(thinking.turn, thinking.persona)) if found else None


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
