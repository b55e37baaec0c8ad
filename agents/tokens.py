"""How many tokens is a prompt? Estimated by its letters, and set right per model by what its server counted before."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from msgspec import Struct

PER_MESSAGE = 4.0
PER_PICTURE = 800.0

ASCII, TWO_BYTES, THREE_BYTES, FOUR_BYTES = 0.27, 0.45, 0.9, 2.2
"""Tokens a letter or sign: plain Latin; accents, Cyrillic, Greek, Arabic; CJK and typography; emoji."""

NARROW, WIDE = 0.25, 4.0
"""What was counted over what was estimated: beyond, the server counted something else (only what its cache lacked)."""

FIRST_STEPS, LEAST_STEP, LONGEST_STEP = 8, 0.05, math.log(1.3)
"""A new model is learnt quickly, a known one slowly, and no single answer moves it by more than a third."""

_TWO, _THREE, _FOUR = bytes(range(0xC2, 0xE0)), bytes(range(0xE0, 0xF0)), bytes(range(0xF0, 0xF5))


class Calibration(Struct, frozen=True):
    """What was learnt of one model: the logarithm of counted over estimated, and from how many answers.

    Prompts with tools are kept apart: each server writes tools into the prompt in its own way.
    """

    model: str
    plain: float = 0.0
    plain_seen: int = 0
    tooled: float = 0.0
    tooled_seen: int = 0


class TokenScale:
    """Estimates prompts for one model and learns from each answer."""

    def __init__(self, model: str) -> None:
        """Begin with no experience: the plain estimate counts."""
        self.state = Calibration(model)

    def restore(self, state: Calibration) -> None:
        """Go on from what was learnt before, unless this process has learnt more by itself."""
        if state.plain_seen + state.tooled_seen > self.state.plain_seen + self.state.tooled_seen:
            self.state = state

    def factor(self, tooled: bool = False) -> float:
        """Return what an estimate is multiplied by; a kind of prompt not seen yet borrows from the other."""
        state = self.state
        own, other = (state.tooled, state.plain) if tooled else (state.plain, state.tooled)
        return math.exp(own if (state.tooled_seen if tooled else state.plain_seen) else other)

    def estimate(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]] = ()) -> float:
        """Return how many tokens this model's server will count for a prompt."""
        return (sum(map(weigh_message, messages)) + weigh_tools(tools)) * self.factor(bool(tools))

    def learn(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], counted: int) -> None:
        """Learn from one answer. Pictures, tool rounds and figures out of all proportion teach nothing."""
        if counted <= 0 or any(_is_odd(message) for message in messages):
            return
        ratio = counted / max(1.0, sum(map(weigh_message, messages)) + weigh_tools(tools))
        if not NARROW <= ratio <= WIDE:
            return
        state = self.state
        if tools:
            value, seen = _step(state.tooled, state.tooled_seen, math.log(ratio))
            self.state = Calibration(state.model, state.plain, state.plain_seen, value, seen)
        else:
            value, seen = _step(state.plain, state.plain_seen, math.log(ratio))
            self.state = Calibration(state.model, value, seen, state.tooled, state.tooled_seen)


def _step(value: float, seen: int, observed: float) -> tuple[float, int]:
    """Move towards what was observed: the mean of the first answers, then a bounded moving average."""
    weight = 1 / (seen + 1) if seen < FIRST_STEPS else LEAST_STEP
    gap = observed - value
    if seen:
        gap = max(-LONGEST_STEP, min(LONGEST_STEP, gap))
    return value + weight * gap, seen + 1


def _is_odd(message: BaseMessage) -> bool:
    return not isinstance(message.content, str) or message.type == "tool" or bool(getattr(message, "tool_calls", None))


def weigh(text: str) -> float:
    """Return the plain estimate of a text's tokens."""
    if text.isascii():
        return ASCII * (len(text) - text.count(" "))
    code = text.encode(errors="surrogatepass")
    two, three, four = (len(code) - len(code.translate(None, leads)) for leads in (_TWO, _THREE, _FOUR))
    plain = len(text) - two - three - four - text.count(" ")
    return ASCII * plain + TWO_BYTES * two + THREE_BYTES * three + FOUR_BYTES * four


def weigh_message(message: BaseMessage) -> float:
    """Return the plain estimate of one message with what a server wraps around it."""
    content = message.content
    if isinstance(content, str):
        weight = weigh(content)
    else:
        parts = [part if isinstance(part, str) else part.get("text") for part in content]
        weight = sum(weigh(part) if part is not None else PER_PICTURE for part in parts)
    if isinstance(message, AIMessage) and message.tool_calls:
        weight += sum(weigh(json.dumps(call["args"])) + weigh(call["name"]) + PER_MESSAGE for call in message.tool_calls)
    return weight + PER_MESSAGE


def weigh_tools(tools: Sequence[dict[str, Any]]) -> float:
    """Return the plain estimate of what tools add to a prompt."""
    return sum(weigh(json.dumps(tool)) for tool in tools)
