"""Compose: the house's texts, the persona's words and the staged parts become one verdict."""

from __future__ import annotations

import re

from langgraph.runtime import Runtime

from agents.policy.rule import Ruling
from agents.state import Thinking, TurnState
from core.outbound import Part, TextPart
from core.turns import HandToOperator, Hold, NoteDisclosure, Refuse, Send, Verdict

MOST_TEXTS = 3
"""Messages that one reply is split into, beside the house's own."""


async def compose(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Reach the verdict."""
    thinking = runtime.context
    rulings = state["rulings"]
    refusal = next((ruling.refuse for ruling in rulings if ruling.refuse), None)
    stopped = next((ruling for ruling in rulings if ruling.hold), None)
    if stopped:
        return {"verdict": _stop(stopped, thinking)}
    if refusal:
        return {"verdict": Refuse(refusal)}
    return {"verdict": _answer(state, rulings, thinking)}


def _answer(state: TurnState, rulings: tuple[Ruling, ...], thinking: Thinking) -> Verdict:
    ending = next((ruling for ruling in rulings if ruling.ends), None)
    spoken = [ending] if ending else rulings
    for ruling in spoken:
        for effect in ruling.effects:
            thinking.attempt.stage(effect)
    autonomy = thinking.turn.account.autonomy
    if autonomy == "off":
        return Refuse("The agent is switched off for this account.")
    if ending and autonomy != "auto" and autonomy != "risk":
        return Refuse("Done without an answer: every answer of this account needs a person.")
    texts = [text for ruling in spoken for text in ruling.say]
    parts: list[Part] = [TextPart(text) for text in texts]
    if "reply" in state:
        parts += [TextPart(text) for text in split_reply(state["reply"])]
        parts += thinking.attempt.parts
    if not parts:
        return Hold("There was nothing to answer with.")
    return _judge_autonomy(state, rulings, tuple(parts), thinking)


def _judge_autonomy(state: TurnState, rulings: tuple[Ruling, ...], parts: tuple[Part, ...], thinking: Thinking) -> Verdict:
    waiting = _waiting_line(rulings, thinking)
    if state.get("flaw"):
        return Hold(str(state["flaw"]), parts, waiting)
    if thinking.turn.account.autonomy == "approve":
        return Hold("approval", parts, waiting)
    risk = next((ruling.risk for ruling in rulings if ruling.risk), None)
    if risk and thinking.turn.account.autonomy == "risk":
        return Hold(f"risk: {risk}", parts, waiting)
    return Send(parts)


def _waiting_line(rulings: tuple[Ruling, ...], thinking: Thinking) -> str:
    """Return the persona's waiting line; before anything else was disclosed, the AI notice goes with it."""
    notices = [effect.wording for ruling in rulings for effect in ruling.effects if isinstance(effect, NoteDisclosure)]
    return "\n\n".join([*notices, thinking.persona.waiting])


def _stop(ruling: Ruling, thinking: Thinking) -> Verdict:
    """Hold the conversation for a person, and let the fan hear the house's own text at once, whoever approves what else."""
    reason = str(ruling.hold)
    text = "\n\n".join(ruling.say)
    if ruling.ends:
        thinking.attempt.stage(HandToOperator(reason))
    return Hold(reason, notice=text or None)


def split_reply(reply: str) -> list[str]:
    """Split a reply at blank lines into messages; what is too much stays in the last."""
    pieces = [piece.strip() for piece in re.split(r"\n\s*\n", reply) if piece.strip()]
    return [*pieces[: MOST_TEXTS - 1], "\n\n".join(pieces[MOST_TEXTS - 1 :])] if len(pieces) > MOST_TEXTS else pieces
