"""What a model's raw answer must be brought to before anybody reads it; what cannot be is no answer."""

from __future__ import annotations

import json
import re

from langchain_core.messages import AIMessage

from agents.plain_text import keep_storable, says_something
from core.errors import Unavailable

_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.S | re.I)
_ROLE_TOKEN = re.compile(
    r"<\|[\w ]{1,30}\|>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|</?(?:fan|event|tool_call)>", re.I
)
_STAGE = re.compile(r"^\s*\*[^*\n]{1,80}\*\s*", re.M)
_SENTENCES = re.compile(r".*[.!?…](?=\s|$)", re.S)
_FENCED = re.compile(r"^```\w*\s*|\s*```$")


def clean_answer(message: AIMessage, persona_name: str = "") -> str:
    """Return a model's words without hidden thinking, its own name, quotes and stage directions.

    Raises `Unavailable` if nothing is left, or if it is machinery (role tokens, a tool call as text).
    """
    raw = message.text if isinstance(message.text, str) else str(message.content)
    text = _THINKING.sub("", keep_storable(raw)).strip()
    if _ROLE_TOKEN.search(text):
        raise Unavailable("The model's answer was garbage: it had role tokens in it.")
    if _is_machinery(text):
        raise Unavailable("The model's answer was garbage: data instead of words.")
    text = _STAGE.sub("", text).strip()
    for name in filter(None, (persona_name, "Assistant", "AI")):
        text = re.sub(rf"^\W{{0,2}}{re.escape(name)}\W{{0,2}}:\s*", "", text, flags=re.I)
    if len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2:
        text = text[1:-1].strip()
    if not says_something(text):
        raise Unavailable("The model's answer was empty.")
    return _end_well(text) if _was_cut(message) else text


def _was_cut(message: AIMessage) -> bool:
    return "length" in (message.response_metadata.get(key) for key in ("done_reason", "finish_reason"))


def _end_well(text: str) -> str:
    """Leave out the sentence that a bound on tokens cut off, where a whole one is left."""
    whole = _SENTENCES.match(text)
    return whole[0].rstrip() if whole else text


def _is_machinery(text: str) -> bool:
    bare = _FENCED.sub("", text).strip()
    if not bare.startswith(("{", "[")):
        return False
    try:
        return isinstance(json.loads(bare), dict | list)
    except ValueError:
        return bool(re.match(r"[\[{]\s*\"(?:name|tool|function|arguments|parameters)\"", bare))
