"""The commands that platforms ask for: /start, /help, /privacy, /terms and /paysupport, answered by the house."""

from __future__ import annotations

import re

from agents.policy.rule import Case, Example, InboundRule, Ruling, examples
from core.turns import AskOperator

_COMMAND = re.compile(r"^/(start|help|privacy|terms|paysupport)(?:@\w+)?(?:\s|$)", re.I)


def judge(case: Case) -> Ruling | None:
    """Answer each command once; who asks for help with a purchase gets a person."""
    found = {message.id: match[1].lower() for message in case.fan_messages() if (match := _COMMAND.match(message.text.strip()))}
    if not found:
        return None
    say: list[str] = []
    for command in dict.fromkeys(found.values()):
        if command == "start":
            disclosed = case.turn.conversation.disclosed_at is not None
            greeting = case.persona.greet(case.spoken())
            say += [case.word("notice"), greeting] if disclosed else [greeting]
        else:
            say.append(case.word(command))
    called = "paysupport" in found.values()
    asks = (AskOperator("The fan asked for help with a purchase (/paysupport)."),) if called else ()
    return Ruling(say=tuple(say), effects=asks, covers=frozenset(found), no_sale=called)


RULE = InboundRule(
    name="commands",
    judge=judge,
    good=examples("help", "start again please", "/unknown", "what is /start for?", "/helpful"),
    bad=(
        Example("/start", kind="command"),
        Example("/start@LunaBot ref123", kind="command"),
        Example("/help", kind="command"),
        Example("/privacy", kind="command"),
        Example("/terms", kind="command"),
        Example("/paysupport", kind="command", language="de"),
        Example("/start", kind="command", disclosed=False),
    ),
)
