"""Guard out: rules and persona gates look at the reply; a flawed one gives way to the reflex brain or is thought again."""

from __future__ import annotations

from langchain_core.messages import ToolMessage
from langgraph.runtime import Runtime

from agents.fallback import answer_by_reflex
from agents.gates.gate import Draft
from agents.gates.gates import find_breaches, weigh_breaches
from agents.models import REFLEX
from agents.policy.rule import Reply, ReplyRule
from agents.policy.rules import REPLY
from agents.prompt import remind
from agents.state import Anew, Thinking, Tried, TurnState
from core.log import get_logger

log = get_logger(__name__)


async def guard_out(state: TurnState, runtime: Runtime[Thinking]) -> TurnState:
    """Judge the reply; `flaw` stays set when a person must see it. The house's own texts never come by here."""
    thinking, tried = runtime.context, state.get("tried")
    flaw, fired = _find_flaw(state["reply"], state, thinking)
    if state["brain"] == REFLEX:
        return {**_settle_reflex(state["reply"], flaw, tried, thinking), "fired": fired}
    if flaw is not None:
        if tried is not None and _may_leave(tried):
            return {**_settle(tried, [f"second try refused: {flaw}"]), "fired": fired}
        log.warning("reply refused", model=state["brain"], rule=fired[0])
        return {**await _speak_by_reflex(state, flaw, thinking), "fired": fired}
    now = Tried(state["reply"], state["brain"], find_breaches(_draft(state["reply"], thinking)))
    if tried is not None:
        best = min(now, tried, key=lambda one: weigh_breaches(one.breaches))
        if (cause := _must_yield(best)) is not None:
            log.warning("reply given up", model=best.brain, gates=[breach.gate for breach in best.breaches])
            return {**await _speak_by_reflex(state, cause, thinking), "fired": fired}
        return _settle(best, [])
    return _settle(now, []) if not now.breaches else _once_more(now, state)


async def think_again(state: TurnState) -> bool:
    """Whether the reply is to be written anew."""
    return bool(state.get("again"))


def _once_more(now: Tried, state: TurnState) -> TurnState:
    log.info("reply thought again", gates=[breach.gate for breach in now.breaches])
    messages = Anew(remind(state["messages"], [breach.advice for breach in now.breaches]))
    notes = [f"thought again: {breach.gate}: {breach.cause}" for breach in now.breaches]
    return {"tried": now, "again": True, "messages": messages, "notes": notes}


def _settle(best: Tried, notes: list[str]) -> TurnState:
    """Let the better text be the reply: held where it still breaches what is fixed or forbidden, else counted."""
    hard = next((breach.cause for breach in best.breaches if breach.hard), None)
    said = [f"{'flaw' if breach.hard else 'breach'}: {breach.gate}: {breach.cause}" for breach in best.breaches]
    return {"reply": best.text, "brain": best.brain, "flaw": hard, "again": False, "notes": [*notes, *said]}


def _settle_reflex(text: str, flaw: str | None, tried: Tried | None, thinking: Thinking) -> TurnState:
    """The persona's own lines are no matter of style; where they stand in for a second try, a first one that may leave does."""
    if tried is not None and _may_leave(tried):
        return _settle(tried, [])
    breaches = find_breaches(_draft(text, thinking), hard_only=True) if flaw is None else ()
    if flaw is None:
        return _settle(Tried(text, REFLEX, breaches), [])
    return {"flaw": flaw, "again": False, "notes": [f"flaw: {flaw}"]}


async def _speak_by_reflex(state: TurnState, flaw: str, thinking: Thinking) -> TurnState:
    acted = [message for message in state["messages"] if isinstance(message, ToolMessage)][-1:]
    text = (await answer_by_reflex(state, thinking, [*acted], [])).text
    settled = _settle_reflex(text, _find_flaw(text, state, thinking)[0], None, thinking)
    return {**settled, "reply": text, "brain": REFLEX, "notes": [f"fallback: {flaw}", *settled["notes"]]}


def _may_leave(tried: Tried) -> bool:
    return not any(breach.hard or breach.yields for breach in tried.breaches)


def _must_yield(best: Tried) -> str | None:
    """Return why the better of two texts gives way to the reflex brain; one that is held for a person does not."""
    if any(breach.hard for breach in best.breaches):
        return None
    return next((breach.cause for breach in best.breaches if breach.yields), None)


def _draft(text: str, thinking: Thinking) -> Draft:
    turn = thinking.turn
    return Draft(
        text=text,
        persona=thinking.persona,
        said=tuple(m.text for m in turn.window if m.author == "agent" and m.kind == "text"),
        heard=tuple(m.text for m in turn.burst if m.author == "fan" and m.kind in ("text", "media")),
        heard_before=tuple(m.text for m in turn.window if m.author == "fan" and m.kind == "text")[-6:],
        fan_language=turn.fan.language,
    )


def _find_flaw(text: str, state: TurnState, thinking: Thinking) -> tuple[str | None, list[str]]:
    """Return what is wrong with a text, and the name of the rule that says so."""
    platform = thinking.turn.account.platform
    told = tuple(call.answer for call in state.get("calls", []))
    reply = Reply(text, thinking.attempt.packs, told, platform, platform in thinking.services.adult_platforms)
    found = next(((flaw, [rule.name]) for rule in REPLY if (flaw := _judge(rule, reply))), None)
    return found or (None, [])


def _judge(rule: ReplyRule, reply: Reply) -> str | None:
    try:
        return rule.judge(reply)
    except Exception as error:
        log.exception("policy rule failed", rule=rule.name)
        return f"The rule {rule.name} failed ({type(error).__name__})."
