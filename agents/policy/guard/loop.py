"""Stop talking to a machine: two bots would answer each other for ever, at somebody's cost.

Messages that a platform marks as a bot's never come this far. What is left shows by its ways: it answers within a breath, again
and again; it says the same thing all the time; or it keeps on for more turns in an hour than a person types.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from agents.policy.rule import Case, Example, InboundRule, Ruling
from core.nouns import FLURRY, Message

BREATH_S = 1.0
QUICK_ANSWERS = 10
SAME_OF, SAME = 8, 7
SHORTEST = 4
HOUR_S = 3600.0


def judge(case: Case) -> Ruling | None:
    """Hold the conversation for a person when the other side looks like a machine."""
    turn = case.turn
    said = [*turn.window, *turn.burst]
    if turn.flurry_s is not None and turn.flurry_s < HOUR_S:
        return Ruling(hold=f"loop: {FLURRY} turns within an hour", ends=True)
    if _answers_at_once(said):
        return Ruling(hold=f"loop: {QUICK_ANSWERS} answers in a row within {BREATH_S:g} s each", ends=True)
    if _repeats(said):
        return Ruling(hold="loop: the same message over and over", ends=True)
    return None


def _answers_at_once(said: Sequence[Message]) -> bool:
    gaps = [
        (after.sent_at - before.sent_at).total_seconds()
        for before, after in pairwise(said)
        if before.direction == "out" and after.direction == "in" and after.kind == "text"
    ]
    return len(gaps) >= QUICK_ANSWERS and all(
        0 <= gap < BREATH_S for gap in gaps[-QUICK_ANSWERS:]
    )  # below 0: the clocks differ


def _repeats(said: Sequence[Message]) -> bool:
    texts = [" ".join(m.text.lower().split()) for m in said if m.author == "fan" and m.kind == "text"][-SAME_OF:]
    return any(len(text) >= SHORTEST and texts.count(text) >= SAME for text in set(texts))


RULE = InboundRule(
    name="loop",
    judge=judge,
    good=(
        Example("hi there"),
        Example("good night!", flurry_s=HOUR_S * 3),
        Example("and you?", exchanges=6, answer_s=0.5),
        Example("sounds lovely", exchanges=11, answer_s=3.0),
        Example("hello?", exchanges=4, repeated=True, answer_s=30.0),
        Example("ok", exchanges=11, repeated=True, answer_s=30.0),
    ),
    bad=(
        Example("As I said, how are you?", flurry_s=900.0),
        Example("Tell me more!", exchanges=11, answer_s=0.5),
        Example("How can I help you today?", exchanges=8, repeated=True, answer_s=30.0),
    ),
)
