"""What the nodes share: the services of the worker, the turn at hand, and the state that walks through the graph."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import add
from typing import Annotated, TypedDict
from uuid import UUID

from langchain_core.messages import AnyMessage
from msgspec import Struct

from agents.brains import Brains
from agents.gates.gate import Breach
from agents.policy.rule import InboundRule, Ruling
from agents.policy.rules import INBOUND
from agents.reflex.intents import IntentClassifier, Sight
from agents.staging import Attempt
from agents.tool import Tool, sells
from agents.watch.watcher import Sign, Watcher
from core.nouns import Message, TurnInput
from core.ports import Embedder, Recall
from core.recall import Recalled, RecalledFact
from core.turns import RememberFact, ToolCall, Verdict
from personas.schema import Persona

STEP = 12
"""Messages by which the beginning of the prompt's window moves."""

MOST_ROUNDS = 3
"""Rounds of tool calls in one turn; after them the model must speak."""


@dataclass(frozen=True)
class Services:
    """What all turns of a worker share.

    `adult_platforms`: those whose policy allows adult words. `safety_url`: where the crisis protocol is published, if anywhere.
    """

    brains: Brains
    recall: Recall
    embedder: Embedder
    classifier: IntentClassifier
    tools: Mapping[str, Tool]
    watcher: Watcher | None = None
    inbound: tuple[InboundRule, ...] = INBOUND
    adult_platforms: frozenset[str] = frozenset()
    safety_url: str = ""


@dataclass(frozen=True)
class Thinking:
    """One attempt at one turn: what it is about and where its effects are staged.

    `learnt` are the facts it will keep, `ahead` is what recall was begun for before the graph.
    """

    services: Services
    turn: TurnInput
    persona: Persona
    attempt: Attempt
    now: datetime
    refusals: tuple[str, ...] = ()
    learnt: Awaitable[tuple[list[RememberFact], str | None]] | None = None
    timings: dict[str, float] = field(default_factory=dict)
    ahead: Awaitable[TurnState] | None = None

    @property
    def tools(self) -> tuple[Tool, ...]:
        """Return the tools that this persona may use."""
        return tuple(self.services.tools[name] for name in self.persona.tools if name in self.services.tools)


def spoken_words(turn: TurnInput) -> list[Message]:
    """Return the messages of the burst in which the fan says something in words."""
    return [m for m in turn.burst if m.author == "fan" and m.kind in ("text", "media") and m.text.strip()]


def sale_rests(state: TurnState) -> bool:
    """Whether nothing may be offered in this turn, whoever answers it."""
    return any(ruling.no_sale for ruling in state.get("rulings", ()))


SAFE_TOOLS = frozenset({"recall", "hand_to_operator"})
"""Tools that a turn keeps in which somebody tries to steer them: they change nothing but who looks at the talk."""


def open_tools(state: TurnState, tools: Sequence[Tool]) -> list[Tool]:
    """Return the tools that may be used in this turn."""
    if sale_rests(state):
        tools = [tool for tool in tools if not sells(tool)]
    if any(ruling.only_safe for ruling in state.get("rulings", ())):
        return [tool for tool in tools if tool.name in SAFE_TOOLS]
    return list(tools)


def remembered(state: TurnState) -> Recalled:
    """Return what is recalled of the fan; the one place that knows in which shape recall hands it on."""
    return state.get("known") or Recalled(facts=state.get("recalled", ()))


def shown_window(turn: TurnInput) -> tuple[Message, ...]:
    """Return what the prompt shows of the window: its beginning stands still for a dozen messages, then moves by as many."""
    return turn.window[-turn.before % STEP :]


class Anew(list[AnyMessage]):
    """Messages that take the place of all before them."""


def go_on(before: list[AnyMessage], after: list[AnyMessage]) -> list[AnyMessage]:
    """Join the model's conversation; what is written anew replaces it."""
    return list(after) if isinstance(after, Anew) else before + after


class Tried(Struct, frozen=True):
    """A reply that breaches the persona and is thought again: its words, whose they are, and what is wrong with them."""

    text: str
    brain: str
    breaches: tuple[Breach, ...]


class TurnState(TypedDict, total=False):
    """What the nodes hand on.

    `known`: all that memory has in mind of the fan; `recalled`: its facts. `about`: the persona's own fact that is asked for.
    `messages`: the model's conversation, `reply`: its last words, `flaw`: what is wrong with them. `tried`: the first try at a
    reply, where there is a second; `again` while that is thought. `signs`: what is watched for in the burst; `fired`: the
    names of the policy rules that found something.
    """

    known: Recalled
    recalled: tuple[RecalledFact, ...]
    likeness: dict[UUID, float]
    about: str | None
    sights: tuple[Sight, ...]
    signs: tuple[Sign, ...]
    rulings: tuple[Ruling, ...]
    messages: Annotated[list[AnyMessage], go_on]
    reply: str
    brain: str
    flaw: str | None
    tried: Tried | None
    again: bool
    verdict: Verdict
    notes: Annotated[list[str], add]
    fired: Annotated[list[str], add]
    calls: Annotated[list[ToolCall], add]
    tokens: Annotated[list[tuple[int, int]], add]
