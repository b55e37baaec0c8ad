"""Compose: the house's texts, the persona's words and the staged parts become one verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langgraph.runtime import Runtime

from agents.policy.rule import Ruling
from agents.reflex.languages import choose_spoken
from agents.state import Thinking, TurnState
from core.outbound import Part, TextPart
from core.turns import HandToOperator, Hold, NoteDisclosure, Refuse, Send, Verdict

MOST_TEXTS = 3
"""Messages that one reply is split into, beside the house's own."""


async def compose(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Reach the verdict."""
    thinking = runtime.context
    rulings = state["rulings"]
    for effect in (effect for ruling in rulings for effect in ruling.effects):
        if not isinstance(effect, NoteDisclosure):  # what the fan said counts, whatever is answered; a notice, once shown
            thinking.attempt.stage(effect)
    refusal = next((ruling.refuse for ruling in rulings if ruling.refuse), None)
    stopped = next((ruling for ruling in rulings if ruling.hold), None)
    if stopped:
        return {"verdict": _stop(stopped, _find_notices(rulings), thinking)}
    if refusal:
        return {"verdict": Refuse(refusal)}
    return {"verdict": _answer(state, rulings, thinking)}


def _answer(state: TurnState, rulings: tuple[Ruling, ...], thinking: Thinking) -> Verdict:
    ending = next((ruling for ruling in rulings if ruling.ends), None)
    autonomy = thinking.turn.account.autonomy
    if autonomy == "off":
        return Refuse("The agent is switched off for this account.")
    if ending and autonomy != "auto" and autonomy != "risk":
        return Refuse("Done without an answer: every answer of this account needs a person.")
    spoken = (ending,) if ending else rulings
    notices = _find_notices(spoken)
    shown = {notice.wording for notice in notices}
    parts: list[Part] = [TextPart(text) for ruling in spoken for text in ruling.say if text not in shown]
    if "reply" in state:
        parts += [TextPart(text) for text in split_reply(state["reply"])]
        parts += thinking.attempt.parts
    reason = _find_doubt(state, rulings, autonomy) if parts or _answers(notices) else "There was nothing to answer with."
    if reason:
        return _hold(reason, tuple(parts), notices, thinking)
    if handed := next((effect.reason for effect in thinking.attempt.effects if isinstance(effect, HandToOperator)), None):
        return _hand_over(handed, parts, notices, thinking)
    return Send((*(TextPart(text) for text in _show(notices, thinking)), *parts))


def _answers(notices: Sequence[NoteDisclosure]) -> bool:
    """Whether what is shown is an answer by itself: the fan asked whether this is an AI."""
    return any(notice.occasion == "asked" for notice in notices)


def _find_doubt(state: TurnState, rulings: tuple[Ruling, ...], autonomy: str) -> str | None:
    """Return why a person must see the reply first."""
    if flaw := state.get("flaw"):
        return flaw
    if autonomy == "approve":
        return "approval"
    risk = next((ruling.risk for ruling in rulings if ruling.risk), None)
    return f"risk: {risk}" if risk and autonomy == "risk" else None


def _hold(reason: str, parts: tuple[Part, ...], notices: Sequence[NoteDisclosure], thinking: Thinking) -> Hold:
    """Hold a draft; the AI notice does not wait with it, but goes with the waiting line, or alone where that is spent."""
    shown = _show(notices, thinking)
    waiting = thinking.persona.ask_to_wait(choose_spoken(thinking.turn, thinking.persona))
    if thinking.turn.conversation.waiting_sent_at is not None:
        return Hold(reason, parts, waiting, "\n\n".join(shown) or None)
    return Hold(reason, parts, "\n\n".join([*shown, waiting]))


def _hand_over(reason: str, parts: list[Part], notices: Sequence[NoteDisclosure], thinking: Thinking) -> Hold:
    """Let the agent's last words go out, though from then on nobody speaks but a person; offers do not go with them."""
    words = [part.text for part in parts if isinstance(part, TextPart)]
    return Hold(reason, notice="\n\n".join([*_show(notices, thinking), *words]) or None)


def _stop(ruling: Ruling, notices: Sequence[NoteDisclosure], thinking: Thinking) -> Hold:
    """Hold the conversation for a person, and let the fan hear the house's own text at once, whoever approves what else."""
    reason = str(ruling.hold)
    if ruling.ends:
        thinking.attempt.stage(HandToOperator(reason))
    shown = _show([notice for notice in notices if notice.occasion != "asked"], thinking) if ruling.say else []
    return Hold(reason, notice="\n\n".join([*shown, *ruling.say]) or None)


def _find_notices(rulings: tuple[Ruling, ...]) -> list[NoteDisclosure]:
    return [effect for ruling in rulings for effect in ruling.effects if isinstance(effect, NoteDisclosure)]


def _show(notices: Sequence[NoteDisclosure], thinking: Thinking) -> list[str]:
    """Return the AI notices that are due, for a text that the fan gets to read in any case; noted is what was shown."""
    for notice in notices:
        thinking.attempt.stage(notice)
    return [notice.wording for notice in notices]


def split_reply(reply: str) -> list[str]:
    """Split a reply at blank lines into messages; what is too much stays in the last."""
    pieces = [piece.strip() for piece in re.split(r"\n\s*\n", reply) if piece.strip()]
    return [*pieces[: MOST_TEXTS - 1], "\n\n".join(pieces[MOST_TEXTS - 1 :])] if len(pieces) > MOST_TEXTS else pieces
