"""Think: the chat model answers, or calls a tool; the reflex brain where it cannot."""

from __future__ import annotations

from langchain_core.messages import AIMessage, AnyMessage
from langgraph.runtime import Runtime

from agents.fallback import answer_by_reflex
from agents.models import REFLEX
from agents.prompt import build_messages
from agents.state import MOST_ROUNDS, Thinking, TurnState, sale_rests
from agents.tool import describe_tool
from core.errors import MuseError
from core.log import get_logger

log = get_logger(__name__)


async def think(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Ask for the next message. Once the reflex brain had to step in, it finishes the turn."""
    thinking = runtime.context
    fresh: list[AnyMessage] = [] if state.get("messages") else _open(state, thinking)
    messages = [*state.get("messages", []), *fresh]
    rounds = sum(isinstance(message, AIMessage) and bool(message.tool_calls) for message in messages)
    tools = [] if sale_rests(state) or rounds >= MOST_ROUNDS else [describe_tool(tool) for tool in thinking.tools]
    brain, notes, answer = thinking.services.brain, [], None
    if brain.speaks and state.get("brain") != REFLEX:
        try:
            answer = await brain.answer(messages, tools, thinking.persona.name)
        except MuseError as error:
            notes = [f"fallback: {type(error).__name__}: {error}"]
            log.warning("chat model gave way to the reflex brain", model=brain.name, cause=type(error).__name__)
    spoke = brain.name if answer else REFLEX
    if answer is None:
        answer = await answer_by_reflex(state, thinking, messages, tools)
    usage = answer.usage_metadata
    tokens = [(usage["input_tokens"], usage["output_tokens"])] if usage else []
    return {"messages": [*fresh, answer], "reply": answer.text, "brain": spoke, "notes": notes, "tokens": tokens}


def _open(state: TurnState, thinking: Thinking) -> list[AnyMessage]:
    recalled = [fact.text for fact in state.get("recalled", ())]
    notes = [ruling.note for ruling in state.get("rulings", ()) if ruling.note]
    return build_messages(thinking, recalled, notes)


def wants_tool(state: TurnState) -> bool:
    """Whether the last message calls a tool."""
    last = state["messages"][-1]
    return isinstance(last, AIMessage) and bool(last.tool_calls)
