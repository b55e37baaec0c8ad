"""A reply is never empty and never a lecture."""

from __future__ import annotations

import re
import unicodedata

from agents.policy.rule import Reply, ReplyRule

LONGEST = 1500
"""Characters of one reply."""
_FACE = re.compile(r"[:;=]['’-]?[)(\]\[dp3*/|]|<3|\^_?\^", re.IGNORECASE)


def judge(reply: Reply) -> str | None:
    """Refuse nothing at all, and far too much."""
    if not _says_something(reply.text) and not reply.packs:
        return "The reply is empty."
    return f"The reply has {len(reply.text)} characters, more than {LONGEST}." if len(reply.text) > LONGEST else None


def _says_something(text: str) -> bool:
    """Whether there is a word, a picture sign or a face of signs."""
    return any(one.isalnum() or unicodedata.category(one) == "So" for one in text) or _FACE.search(text) is not None


RULE = ReplyRule(
    name="size",
    judge=judge,
    good=("Hey you.", "Ah. You. Sit.", "a" * LONGEST, ";)", "🌙"),
    bad=("", "   \n", "…", "?!", "()", "word " * 400),
)
