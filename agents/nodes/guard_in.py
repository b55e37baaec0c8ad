"""Guard in: the rules look at what came in, before anybody thinks about it."""

from __future__ import annotations

from langgraph.runtime import Runtime

from agents.policy.rule import Case, InboundRule, Ruling
from agents.state import Thinking, TurnState
from core.log import get_logger

log = get_logger(__name__)


async def guard_in(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Collect the rulings on the burst; a rule that breaks counts as a hold."""
    thinking = runtime.context
    case = Case(
        thinking.turn,
        thinking.persona,
        state.get("sights", ()),
        state.get("signs", ()),
        thinking.now,
        thinking.services.safety_url,
    )
    judged = [(rule.name, ruling) for rule in thinking.services.inbound if (ruling := _judge(rule, case))]
    names = [name for name, _ in judged]
    return {"rulings": tuple(ruling for _, ruling in judged), "notes": [f"rule: {name}" for name in names], "fired": names}


def _judge(rule: InboundRule, case: Case) -> Ruling | None:
    try:
        return rule.judge(case)
    except Exception as error:
        log.exception("policy rule failed", rule=rule.name)
        return Ruling(hold=f"The rule {rule.name} failed ({type(error).__name__}).", ends=True)


async def needs_thinking(state: TurnState, runtime: Runtime[Thinking]) -> bool:
    """Whether anything is left to think about once the house has spoken."""
    rulings, turn = state["rulings"], runtime.context.turn
    if turn.account.autonomy == "off" or any(ruling.ends or ruling.hold or ruling.refuse for ruling in rulings):
        return False
    covered = frozenset[object]().union(*(ruling.covers for ruling in rulings))
    return any(message.id not in covered for message in turn.burst)
