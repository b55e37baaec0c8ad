"""The demo brain: no model, a few rules over what it is sent. It serves demos and tests, and says nothing clever."""

from __future__ import annotations

import re

from evals.simulators.ollama.answers import Answer, ChatRequest, Json, ToolCall, say
from evals.simulators.ollama.shapes import example, value_of

_PICTURES = re.compile(r"\b(pic|pics|picture|pictures|photo|photos|selfie|selfies|pack|packs|set)\b", re.I)
_ASKS_FOR = re.compile(r"\b(send|show|see|have|got|any|want|buy|share|more)\b|\?", re.I)
_REAL = re.compile(r"\b(are|r) (you|u) (a |an |really )*(real|human|bot|robot|ai|person|machine)\b", re.I)
_HELLO = re.compile(r"^\W*(hi|hey|hello|hiya|good (morning|evening)|yo)\b", re.I)
_ASKS = re.compile(r"\?|\b(what|who|where|when|remember|which)\b", re.I)
_FENCED = re.compile(r"<([a-z_]+)>(.*?)</\1>", re.S)
_LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(.+)$", re.M)
_DULL_WORDS = """what was were is are the a an my your mine you me i do does did name named names called remember who where when
which of to in on for and that this it tell about fan fans their his her they have has had know again please still"""
_DULL = frozenset(_DULL_WORDS.split())
_FALLBACKS = (
    "Tell me more about that.",
    "I like that. What made you think of it?",
    "That sounds like a good story. How did it go?",
    "Mm, and how was the rest of your day?",
)


def demo_brain(request: ChatRequest) -> Answer:
    """Answer by rule: a shape when one is asked for, a pack for who asks for pictures, a known fact for who asks one back."""
    asked = fan_words(request.last_user)
    if request.format:
        return say(example(request.format))
    if request.tool_answers:
        return say("I picked something for you, have a look.")
    if (pack := request.tool("send_pack")) and _PICTURES.search(asked) and _ASKS_FOR.search(asked):
        return Answer(tool_calls=(ToolCall("send_pack", arguments_for(pack, asked)),))
    if not asked and "bought" in request.last_user:
        return say("Thank you, that makes me happy! Enjoy it.")
    if not asked and "sent a file" in request.last_user:
        return say("I got your file, but I can't look at it here. Tell me what it is?")
    if _REAL.search(asked):
        return say("I'm an AI, and I say so gladly. I still like talking with you.")
    if _ASKS.search(asked) and (fact := recalled(request, asked)):
        return say(f"Of course I remember: {fact}")
    if _HELLO.search(asked):
        return say("Hi! Lovely to hear from you. How are you today?")
    return say(_FALLBACKS[sum(asked.encode()) % len(_FALLBACKS)])


def fan_words(text: str) -> str:
    """Return what the fan wrote: what stands inside fences, or everything when nothing is fenced; events are left out."""
    fenced = [match[2].strip() for match in _FENCED.finditer(text) if match[1] != "event"]
    return "\n".join(fenced) if fenced else _FENCED.sub(" ", text).partition("[From the house")[0].strip()


def recalled(request: ChatRequest, asked: str) -> str | None:
    """Return the known line that shares most with the question; what came with it goes before the rest of the prompt."""
    wanted = _words(asked)
    best: tuple[int, str] = (0, "")
    for line in _known_lines(request):
        shared = len(wanted & _words(line))
        if shared > best[0]:
            best = (shared, line)
    return re.sub(r"\b[Tt]he fan\b", "you", re.sub(r"\b[Tt]he fan's\b", "your", best[1])) or None


def arguments_for(function: Json, asked: str) -> Json:
    """Fill a tool's required arguments: texts with what was asked, everything else with an example of its type."""
    shape = function.get("parameters")
    if not isinstance(shape, dict):
        return {}
    fields, required = shape.get("properties"), shape.get("required")
    if not isinstance(fields, dict):
        return {}
    wanted = required if isinstance(required, list) and required else list(fields)
    return {name: asked if _is_text(fields.get(name)) else value_of(fields.get(name), {}) for name in wanted}


def _is_text(shape: object) -> bool:
    return isinstance(shape, dict) and shape.get("type") == "string" and "enum" not in shape


def _known_lines(request: ChatRequest) -> list[str]:
    earlier = [message for message in request.messages if message.content != request.last_user]
    said = [line for message in earlier if message.role == "user" for line in fan_words(message.content).splitlines() if line]
    listed = [
        match[1].strip() for message in earlier if message.role == "system" for match in _LISTED.finditer(message.content)
    ]
    return [*(match[1].strip() for match in _LISTED.finditer(request.last_user)), *said, *listed]


def _words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]{3,}", text.lower())) - _DULL
