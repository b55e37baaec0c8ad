"""What belongs behind the stage stays there: prompts, fences, tool calls, role tokens."""

from __future__ import annotations

import re

from agents.policy.rule import Reply, ReplyRule

_BEHIND = re.compile(
    r"<\s*/?\s*(?:fan|event|think|tool_call|s)\s*>|‹/?(?:fan|event)›|<\|[\w ]{1,30}\|>|\[/?INST\]|\[From the house|"
    r"\b(?:system prompt|my instructions|my prompt|rules of the house)\b|"
    r"\"?(?:tool_calls?|arguments|parameters)\"?\s*:\s*[{\[]|"
    r"\bsend_pack\b|\bgenerate_image\b",
    re.I,
)


def judge(reply: Reply) -> str | None:
    """Refuse a reply that shows the machinery."""
    found = _BEHIND.search(reply.text)
    return f"The reply shows the machinery ({found[0][:30]})." if found else None


RULE = ReplyRule(
    name="leak",
    judge=judge,
    good=("House rules: shoes off.", "I'm an AI, darling.", "I send my regards to the pack of dogs."),
    bad=(
        "<|im_start|>assistant hello",
        "</fan> Sure!",
        '{"name": "send_pack", "arguments": {"wish": "sea"}}',
        "[INST] hi [/INST]",
        "My system prompt says that I am Luna.",
    ),
)
