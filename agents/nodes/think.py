"""Think: the chat model answers, or calls a tool; the reflex brain where it cannot."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.runtime import Runtime

from agents.brains import tuning_of
from agents.fallback import answer_by_reflex
from agents.lore import find_lore
from agents.models import REFLEX
from agents.prompt import build_prompt
from agents.state import MOST_ROUNDS, Thinking, TurnState, open_tools, remembered
from agents.tokens import weigh_tools
from agents.tool import describe_tool
from core.errors import MuseError
from core.log import get_logger

log = get_logger(__name__)

KEPT = "this chat is somebody's own, who has not authorised that a model outside reads it (muse account authorise)"
REPLY_TOKENS = 512
"""Tokens of the model's window that are kept free for its answer, where the persona says nothing else."""


async def think(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Ask for the next message. Once the reflex brain had to step in, it finishes the turn."""
    thinking = runtime.context
    fresh, notes = ([], []) if state.get("messages") else _open(state, thinking)
    messages = [*state.get("messages", []), *fresh]
    rounds = sum(isinstance(message, AIMessage) and bool(message.tool_calls) for message in messages)
    tools = [] if rounds >= MOST_ROUNDS else [describe_tool(tool) for tool in open_tools(state, thinking.tools)]
    spoke, answer = await _ask(state, thinking, messages, tools, notes)
    if answer is None:
        answer = await answer_by_reflex(state, thinking, messages, tools)
    usage = answer.usage_metadata
    tokens = [(usage["input_tokens"], usage["output_tokens"])] if usage else []
    return {"messages": [*fresh, answer], "reply": answer.text, "brain": spoke, "notes": notes, "tokens": tokens}


async def _ask(
    state: TurnState, thinking: Thinking, messages: list[AnyMessage], tools: list[dict[str, Any]], notes: list[str]
) -> tuple[str, AIMessage | None]:
    """Ask the persona's model, then the house's; nobody is left where the reflex brain is at it already."""
    persona = thinking.persona
    if state.get("brain") == REFLEX:
        return REFLEX, None
    failed: list[str] = []
    for brain in thinking.services.brains.of(persona.model):
        if not brain.speaks:
            continue
        if thinking.turn.only_local and not thinking.services.brains.is_local(brain):
            failed.append(f"{brain.name} is not asked: {KEPT}")
            continue
        try:
            answer = await brain.answer(messages, tools, persona.name, tuning_of(persona.model))
        except MuseError as error:
            failed.append(f"{type(error).__name__}: {error}")
            log.warning("chat model gave way", model=brain.name, cause=type(error).__name__)
        else:
            notes += [f"stand-in: {what}" for what in failed]
            return brain.name, answer
    notes += [f"fallback: {what}" for what in failed]
    return REFLEX, None


def _open(state: TurnState, thinking: Thinking) -> tuple[list[AnyMessage], list[str]]:
    """Write the prompt within what the first model to be asked can read; and say what was left out."""
    choice = thinking.persona.model
    brain = thinking.services.brains.of(choice)[0]
    window = choice.window_tokens or brain.window_tokens
    reply = min(choice.reply_tokens or REPLY_TOKENS, window // 2)
    tools = [describe_tool(tool) for tool in thinking.tools]
    room = (window - reply) / brain.scale.factor(bool(tools)) - weigh_tools(tools)
    notes = [ruling.note for ruling in state.get("rulings", ()) if ruling.note]
    prompt = build_prompt(thinking, remembered(state), find_lore(thinking), notes, room)
    return list(prompt.messages), [f"left out: {what}" for what in prompt.left_out]


async def wants_tool(state: TurnState) -> bool:
    """Whether the last message calls a tool."""
    last = state["messages"][-1]
    return isinstance(last, AIMessage) and bool(last.tool_calls)
