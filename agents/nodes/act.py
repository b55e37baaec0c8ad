"""Act: the tools that were called check and stage; nothing reaches the world here."""

from __future__ import annotations

import time
from typing import Any

from langchain_core.messages import AIMessage, ToolMessage
from langgraph.runtime import Runtime

from agents.asked import asks_for_less, asks_to_buy
from agents.state import Thinking, TurnState, open_tools, sale_rests
from agents.tool import clean_arguments, sells
from core.errors import MuseError
from core.log import get_logger
from core.turns import ToolCall
from tools.context import ToolContext

log = get_logger(__name__)

MOST_CALLS = 3
"""Calls obeyed in one round."""


async def act(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Run the calls one after the other, in the order of the model."""
    last = state["messages"][-1]
    asked = last.tool_calls if isinstance(last, AIMessage) else []
    records: list[ToolCall] = []
    answers: list[Any] = []
    for number, call in enumerate(_clean(call) for call in asked):
        if sale_rests(state) and _sells(runtime.context, call["name"]):
            record = _refuse(call, "nothing is offered in this turn")
        elif number >= MOST_CALLS:
            record = _refuse(call, "too many calls at once")
        else:
            record = await _run(state, runtime.context, call["name"], call["args"])
        records.append(record)
        answers.append(ToolMessage(record.answer, tool_call_id=call["id"] or str(number), name=call["name"]))
    return {"messages": answers, "calls": records}


async def _run(state: TurnState, thinking: Thinking, name: str, arguments: dict[str, Any]) -> ToolCall:
    started = time.perf_counter()
    tool = next((tool for tool in open_tools(state, thinking.tools) if tool.name == name), None)
    services, sights = thinking.services, state.get("sights", ())
    context = ToolContext(
        thinking.turn,
        thinking.attempt,
        services.embedder,
        asks_to_buy(sights, thinking.turn),
        services.recall,
        thinking.now,
        asks_for_less(sights),
    )
    try:
        answer = await tool.run(context, arguments) if tool else f"There is no tool {name}."
    except MuseError as error:
        answer = f"Not done: {error}"
    except Exception:
        log.exception("tool failed", tool=name)
        answer = "Not done: the tool failed. Do not promise anything."
    return ToolCall(name, arguments, answer, round((time.perf_counter() - started) * 1000, 3))


def _clean(call: Any) -> dict[str, Any]:
    return {"name": clean_arguments(call["name"]), "args": clean_arguments(call["args"]), "id": call["id"]}


def _sells(thinking: Thinking, name: str) -> bool:
    return any(tool.name == name and sells(tool) for tool in thinking.tools)


def _refuse(call: Any, why: str) -> ToolCall:
    return ToolCall(call["name"], call["args"], f"Not done: {why}.", 0.0)
