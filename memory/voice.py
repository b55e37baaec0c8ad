"""Facts as the fan would say them: "The fan has a dog." → "I have a dog.".

Facts are embedded in this voice, because fans ask in it. Measured with MiniLM over 14 facts and their questions: right answers
lie at 0.36–0.71 instead of 0.16–0.49, idle talk below 0.35.
"""

from __future__ import annotations

import re

_FORMS = (
    (re.compile(r"^The fan's\b"), "My"),
    (re.compile(r"^The fan has\b"), "I have"),
    (re.compile(r"^The fan is\b"), "I am"),
    (re.compile(r"^The fan does\b"), "I do"),
    (re.compile(r"^The fan (\w+)ies\b"), r"I \1y"),
    (re.compile(r"^The fan (\w+?)s\b"), r"I \1"),
    (re.compile(r"^The fan\b"), "I"),
)


def in_first_person(text: str) -> str:
    """Turn a fact's sentence into the fan's own; any other text stays."""
    for pattern, form in _FORMS:
        text, changed = pattern.subn(form, text, count=1)
        if changed:
            break
    return text
