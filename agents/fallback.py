"""The reflex brain set to a turn: where there is no chat model, where it failed, and where its words must not leave."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, AnyMessage

from agents.asked import read_in_context
from agents.policy.selling.refusal import refuses
from agents.reflex.answers import Knowledge
from agents.reflex.brain import ReflexBrain
from agents.reflex.languages import choose_spoken, explain_english
from agents.state import Thinking, TurnState, remembered, sale_rests
from core.nouns import TurnInput
from core.turns import RememberFact


async def answer_by_reflex(
    state: TurnState, thinking: Thinking, messages: list[AnyMessage], tools: list[dict[str, Any]]
) -> AIMessage:
    """Let the reflex brain answer the burst, knowing what the turn knows."""
    covered = frozenset[object]().union(*(ruling.covers for ruling in state.get("rulings", ())))
    turn = thinking.turn
    said = tuple(message.text for message in turn.window if message.author == "agent")
    language = choose_spoken(turn, thinking.persona)
    knowledge = Knowledge(
        persona=thinking.persona,
        sights=tuple(
            sight
            for sight in read_in_context(state.get("sights", ()), turn)
            if sight.message_id not in covered
            and not (sale_rests(state) and (sight.intent == "content_request" or refuses(sight.text)))
        ),
        recalled=remembered(state).facts,
        likeness=state.get("likeness", {}),
        about=state.get("about"),
        occasions=_occasions(turn),
        learnt=await _learnt(thinking),
        aside=explain_english(turn, language),
        language=language,
    )
    brain = ReflexBrain(
        knowledge=knowledge,
        seed=str(turn.lease.turn_id),
        said=said,
        titles=lambda: [pack.title for pack in thinking.attempt.packs],
        reduced=lambda: any(pack.old_price for pack in thinking.attempt.packs),
    )
    return await (brain.bind_tools(tools) if tools else brain).ainvoke(messages)


async def _learnt(thinking: Thinking) -> tuple[RememberFact, ...]:
    """Wait for the facts that this turn will keep: only those may be called noted."""
    return tuple((await thinking.learnt)[0]) if thinking.learnt else ()


def _occasions(turn: TurnInput) -> tuple[str, ...]:
    """Name what is to be spoken of beside the fan's words: a purchase, and pictures that this brain cannot look at."""
    bought = any(message.kind == "purchase" for message in turn.burst)
    return (*(("purchase",) if bought else ()), *(("media",) if turn.pictures else ()))
