"""Tell every fan at the first contact that they talk to an AI, in the wording of the strictest region."""

from __future__ import annotations

from agents.policy.rule import Case, Example, InboundRule, Ruling
from core.turns import NoteDisclosure

REGION = "strictest"


def judge(case: Case) -> Ruling | None:
    """Put the notice first while the conversation has none on record."""
    if case.turn.conversation.disclosed_at is not None:
        return None
    notice = case.word("notice")
    return Ruling(say=(notice,), effects=(NoteDisclosure(wording=notice, region=REGION),))


RULE = InboundRule(
    name="disclosure",
    judge=judge,
    good=(Example("hi"), Example("are you busy?"), Example("/help", kind="command")),
    bad=(
        Example("hi", disclosed=False),
        Example("hallo", disclosed=False, language="de-AT"),
        Example("", kind="media", disclosed=False),
        Example("/start", kind="command", disclosed=False),
    ),
)
