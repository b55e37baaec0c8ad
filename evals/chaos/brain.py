"""The chat model of a run: it repeats the marked words of the burst it answers, so that every reply says what it answers.

Words that it repeated to the fan before are left out beside new ones: they stand in the prompt as what was said earlier.
"""

from __future__ import annotations

import random
import re
from typing import Literal

from evals.chaos.plan import Focus
from evals.chaos.steps import Gate
from evals.simulators.ollama.answers import Answer, ChatRequest, Fault, ToolCall, break_off, refuse, say
from evals.simulators.ollama.brain import fan_words

MARK = re.compile(r"\bzq[b-t]{9,}\b")
NONCE = re.compile(r"\bzx[b-t]+\b")
LETTERS = "bcdfghjklmnpqrst"
CHEAPER = re.compile(r"\b(?:discount|cheaper)\b")
OWN = re.compile(r"\b(?:make|paint) a picture\b")
SIGHTS = ("sea", "beach", "harbour", "anything")
HELD_S = 1.5
FAULTS: tuple[Fault | Literal["slow", "empty"], ...] = ("slow", "hang", "error", "drop", "garbage", "broken_json", "empty")


class EchoBrain:
    """Answers by repeating; with the focus' rate it hangs, fails, answers garbage or nothing."""

    def __init__(self, seed: int, focus: Focus, gate: Gate) -> None:
        self.heard: set[str] = set()  # marks that reached a fan in some reply
        self.broken = 0
        self._chance = random.Random(f"model {seed}")  # noqa: S311 — repeatable, nothing secret
        self._focus, self._gate = focus, gate
        self._count = 0
        self.well = False

    def __call__(self, request: ChatRequest) -> Answer:
        """Answer one request."""
        if request.format:
            return say("{}")
        step = "tool" if request.tool_answers else "thinking"
        delay_s = self._chance.uniform(*self._focus.model_delay_s)
        marks = MARK.findall(fan_words(request.last_user))
        if self._gate.reach(step, marks[-1] if marks else ""):
            delay_s += HELD_S
        if not self.well and self._chance.random() < self._focus.model:
            self.broken += 1
            return self._break(request, delay_s)
        return self._answer(request, delay_s)

    def _answer(self, request: ChatRequest, delay_s: float) -> Answer:
        marks = MARK.findall(fan_words(request.last_user))
        fresh = [mark for mark in marks if mark not in self.heard] or marks
        if "pictures" in request.last_user and request.tool("send_pack") and not request.tool_answers:
            return Answer(tool_calls=(ToolCall("send_pack", {"wish": self._chance.choice(SIGHTS)}),), delay_s=delay_s)
        if CHEAPER.search(request.last_user) and request.tool("apply_promo") and not request.tool_answers:
            return Answer(tool_calls=(ToolCall("apply_promo", {}),), delay_s=delay_s)
        if OWN.search(request.last_user) and request.tool("generate_image") and not request.tool_answers:
            return Answer(tool_calls=(ToolCall("generate_image", {"wish": "the lighthouse at dusk"}),), delay_s=delay_s)
        self._count += 1
        nonce, parts = _spell(self._count), 1 + (self._count % 5 == 0)
        who = "Luna" if "You are Luna" in request.system else "Matteo"
        text = f"{who} here. You said {' and '.join(dict.fromkeys(fresh))}. {nonce}"
        if parts > 1:
            text += f"\n\nAnd one thing more. {nonce}"
        return say(text, delay_s=delay_s)

    def _break(self, request: ChatRequest, delay_s: float) -> Answer:
        fault = self._chance.choice(FAULTS)
        if fault == "slow":
            return self._answer(request, delay_s + self._chance.uniform(0.5, 2.0))
        if fault == "error":
            return refuse(500, "llama runner process has terminated")
        if fault == "empty":
            return say("")
        return break_off(fault)


def _spell(value: int) -> str:
    spelt = ""
    while value:
        value, rest = divmod(value, len(LETTERS))
        spelt = LETTERS[rest] + spelt
    return f"zx{spelt.rjust(5, LETTERS[0])}"
