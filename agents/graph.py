"""How a turn is thought.

    recall → guard_in → think ⇄ act
                 │       ↑  │
                 │  once └─ guard_out → compose
                 └──────────────────────↗

The ways between nodes are coroutines as the nodes are: LangGraph runs a plain function in a thread.

No checkpointer: a turn is one attempt, and its truth is the ledger's commit.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeAlias

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agents.nodes.act import act
from agents.nodes.compose import compose
from agents.nodes.guard_in import guard_in, needs_thinking
from agents.nodes.guard_out import guard_out, think_again
from agents.nodes.recall import recall
from agents.nodes.think import think, wants_tool
from agents.state import Thinking, TurnState

Node: TypeAlias = Callable[[TurnState, Runtime[Thinking]], Awaitable[TurnState]]
TurnGraph: TypeAlias = CompiledStateGraph[TurnState, Thinking, TurnState, TurnState]


@cache
def compile_graph() -> TurnGraph:
    """Draw the graph once for the whole process."""
    graph: StateGraph[TurnState, Thinking, TurnState, TurnState] = StateGraph(TurnState, context_schema=Thinking)
    for node in (recall, guard_in, think, act, guard_out, compose):
        graph.add_node(node.__name__, _timed(node.__name__, node))
    graph.add_edge(START, "recall")
    graph.add_edge("recall", "guard_in")
    graph.add_conditional_edges("guard_in", needs_thinking, {True: "think", False: "compose"})
    graph.add_conditional_edges("think", wants_tool, {True: "act", False: "guard_out"})
    graph.add_edge("act", "think")
    graph.add_conditional_edges("guard_out", think_again, {True: "think", False: "compose"})
    graph.add_edge("compose", END)
    return graph.compile()


def _timed(name: str, node: Node) -> Any:
    async def step(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
        started = time.perf_counter()
        try:
            return await node(state, runtime)
        finally:
            spent = (time.perf_counter() - started) * 1000
            timings = runtime.context.timings
            timings[name] = round(timings.get(name, 0.0) + spent, 3)

    return step
