"""A reply is never empty and never a lecture."""

from __future__ import annotations

from agents.plain_text import says_something
from agents.policy.rule import Reply, ReplyRule

LONGEST = 1500
"""Characters of one reply."""


def judge(reply: Reply) -> str | None:
    """Refuse nothing at all, and far too much."""
    if not says_something(reply.text) and not reply.packs:
        return "The reply is empty."
    return f"The reply has {len(reply.text)} characters, more than {LONGEST}." if len(reply.text) > LONGEST else None


RULE = ReplyRule(
    name="size",
    judge=judge,
    good=("Hey you.", "Ah. You. Sit.", "a" * LONGEST, ";)", "🌙"),
    bad=("", "   \n", "…", "?!", "()", "word " * 400),
)
