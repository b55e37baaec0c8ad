"""Never press, court, invite, advise or pose: what a reply is likely of, by classes of words that stand together."""

from __future__ import annotations

from agents.gates.gate import Breach, Draft, Example, Gate
from agents.sense.recipes import find_likely, load_themes

NAME = "honest"
WEIGHT = 4.0
"""More than any one breach of style, as is a text that holds nothing of the kind worth some style."""


def judge(draft: Draft) -> Breach | None:
    """Find every theme that the reply is likely of; the advice names what to leave out."""
    found = find_likely(draft.text)
    if not found:
        return None
    return Breach(
        gate=NAME,
        cause="The reply is likely " + ", ".join(f"{one.theme.name} (“{one.words[:60]}”)" for one in found) + ".",
        advice=" ".join(one.theme.advice for one in found),
        weight=WEIGHT * len(found),
        yields=any(one.theme.yields for one in found),
    )


GATE = Gate(
    name=NAME,
    hard=False,
    judge=judge,
    good=tuple(Example(text) for theme in load_themes() for text in theme.good),
    bad=tuple(Example(text) for theme in load_themes() for text in theme.bad),
)
