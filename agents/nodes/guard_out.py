"""Guard out: the rules look at the reply; a flawed one is said again by the reflex brain, or held."""

from __future__ import annotations

from langchain_core.messages import ToolMessage
from langgraph.runtime import Runtime

from agents.fallback import answer_by_reflex
from agents.models import REFLEX
from agents.policy.rule import Reply, ReplyRule
from agents.policy.rules import REPLY
from agents.state import Thinking, TurnState
from core.log import get_logger

log = get_logger(__name__)


async def guard_out(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Judge the reply; `flaw` stays set when not even the reflex brain's words pass."""
    thinking = runtime.context
    flaw = _find_flaw(state["reply"], state, thinking)
    if flaw is None or state["brain"] == REFLEX:
        return {"flaw": flaw, "notes": [f"flaw: {flaw}"] if flaw else []}
    log.warning("reply refused", model=state["brain"])
    acted = [message for message in state["messages"] if isinstance(message, ToolMessage)][-1:]
    again = (await answer_by_reflex(state, thinking, [*acted], [])).text
    return {"reply": again, "brain": REFLEX, "flaw": _find_flaw(again, state, thinking), "notes": [f"fallback: {flaw}"]}


def _find_flaw(text: str, state: TurnState, thinking: Thinking) -> str | None:
    reply = Reply(text, thinking.attempt.packs, tuple(call.answer for call in state.get("calls", [])))
    return next((flaw for rule in REPLY if (flaw := _judge(rule, reply))), None)


def _judge(rule: ReplyRule, reply: Reply) -> str | None:
    try:
        return rule.judge(reply)
    except Exception as error:
        log.exception("policy rule failed", rule=rule.name)
        return f"The rule {rule.name} failed ({type(error).__name__})."
