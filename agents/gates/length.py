"""Keep to the persona's length: nobody who writes three lines answers with a page."""

from __future__ import annotations

from agents.gates.gate import Breach, Draft, Example, Gate
from personas.traits import Voice

NAME = "length"
TIMES_TYPICAL = 4
"""How many times its usual length a reply may have where the persona names no bound."""

LEAST = 400
"""Characters that anybody may write now and then."""


def judge(draft: Draft) -> Breach | None:
    """Refuse what is far longer than this persona ever writes."""
    bound, length = bound_of(draft.persona.voice), len(draft.text.strip())
    if length <= bound:
        return None
    typical = draft.persona.voice.typical_chars
    return Breach(
        gate=NAME,
        cause=f"The reply has {length} characters; {draft.persona.name} writes {bound} at most.",
        advice=f"Far too long: about {typical} characters, never more than {bound}.",
        weight=min(3.0, length / bound),
    )


def bound_of(voice: Voice) -> int:
    """Return the most characters of one reply."""
    return voice.longest_chars or max(LEAST, TIMES_TYPICAL * voice.typical_chars)


GATE = Gate(
    name=NAME,
    hard=False,
    judge=judge,
    good=(Example("Short."), Example("A sentence of mine. " * 24)),
    bad=(Example("A sentence of mine. " * 25), Example("word " * 200)),
)
