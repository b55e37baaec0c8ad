"""All gates, and how bad a reply is altogether. A gate is one file and one line here."""

from __future__ import annotations

from collections.abc import Sequence

from agents.gates import assistant_speak, emoji, fixed_facts, forbidden, honest, language, length, repeats
from agents.gates.gate import Breach, Draft, Gate
from core.log import get_logger

log = get_logger(__name__)

GATES: tuple[Gate, ...] = (
    fixed_facts.GATE,
    forbidden.GATE,
    honest.GATE,
    assistant_speak.GATE,
    language.GATE,
    length.GATE,
    emoji.GATE,
    repeats.GATE,
)

HARD = 100.0
"""What a hard breach weighs: more than any number of style breaches."""

YIELDS = 50.0
"""What a breach weighs with which a second text gives way: less than a hard one, more than style."""


def find_breaches(draft: Draft, *, hard_only: bool = False) -> tuple[Breach, ...]:
    """Return what the gates find, in their order. A hard gate that breaks counts as a breach, a gate of style as none."""
    judged = (_judge(gate, draft) for gate in GATES if gate.hard or not hard_only)
    return tuple(breach for breach in judged if breach is not None)


def weigh_breaches(breaches: Sequence[Breach]) -> float:
    """Return how bad a reply is, 0 for one without a breach."""
    return sum(HARD if breach.hard else YIELDS if breach.yields else breach.weight for breach in breaches)


def _judge(gate: Gate, draft: Draft) -> Breach | None:
    try:
        return gate.judge(draft)
    except Exception as error:
        log.exception("persona gate failed", gate=gate.name)
        cause = f"The gate {gate.name} failed ({type(error).__name__})."
        return Breach(gate=gate.name, cause=cause, advice="Write it more plainly.", hard=True) if gate.hard else None
