"""What a model is asked and what it answers, the same behind every door of the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

Json: TypeAlias = dict[str, object]
Fault: TypeAlias = Literal["", "hang", "drop", "broken_json", "garbage", "error"]


class ToolCall(Struct, frozen=True):
    """One call of a tool, as the model writes it."""

    name: str
    arguments: Mapping[str, object]


class ChatMessage(Struct, frozen=True):
    """One message of the prompt; `images` counts the pictures that came with it."""

    role: str
    content: str = ""
    images: int = 0
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""


class ChatRequest(Struct, frozen=True):
    """A request, read. `door` is the path it came through; `raw` the body as it was."""

    door: str
    model: str
    messages: tuple[ChatMessage, ...]
    raw: Json
    tools: tuple[Json, ...] = ()
    stream: bool = True
    options: Mapping[str, object] = {}
    format: object = None
    keep_alive: object = None
    think: bool = False

    @property
    def system(self) -> str:
        """Return the system messages as one text: the prompt's stable prefix lies at its start."""
        return "\n".join(message.content for message in self.messages if message.role == "system")

    @property
    def last_user(self) -> str:
        """Return what the user said last, empty when nothing was said."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")

    @property
    def tool_answers(self) -> tuple[ChatMessage, ...]:
        """Return the tools' answers that came after the user's last words."""
        found: list[ChatMessage] = []
        for message in reversed(self.messages):
            if message.role == "user":
                break
            if message.role == "tool":
                found.insert(0, message)
        return tuple(found)

    def tool(self, name: str) -> Json | None:
        """Return the function of an offered tool: its name, description and parameters; None when it is not offered."""
        for tool in self.tools:
            function = tool.get("function")
            if isinstance(function, dict) and function.get("name") == name:
                return function
        return None


class Answer(Struct, frozen=True, kw_only=True):
    """What the model does: speaks, calls tools, refuses with `status` and `error`, or breaks.

    `delay_s` passes before the first token, `token_s` between two. `fault` strikes after `fault_after` tokens of a stream, or
    in place of a whole answer: hang (never goes on), drop (breaks the connection), broken_json (half a line), garbage (no
    JSON at all), error (an error line in the stream).
    """

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""
    delay_s: float = 0.0
    token_s: float = 0.0
    status: int = 200
    error: str = ""
    fault: Fault = ""
    fault_after: int = 0

    def tokens(self, most: int = -1) -> list[str]:
        """Return the text in pieces of about a word, at most `most` when that is not negative."""
        pieces = re.findall(r"\s*\S+\s*\Z|\s*\S+", self.text)
        return pieces[:most] if most >= 0 else pieces


Brain: TypeAlias = Callable[[ChatRequest], Answer]


def say(text: str, *, delay_s: float = 0.0, token_s: float = 0.0) -> Answer:
    """Answer with a text."""
    return Answer(text=text, delay_s=delay_s, token_s=token_s)


def call_tool(name: str, **arguments: object) -> Answer:
    """Answer with one tool call."""
    return Answer(tool_calls=(ToolCall(name, arguments),))


def refuse(status: int, error: str) -> Answer:
    """Answer with an HTTP error."""
    return Answer(status=status, error=error)


def break_off(fault: Fault, after: int = 0, text: str = "I was about to say something nice.") -> Answer:
    """Break in the way of `fault` after so many tokens of a text."""
    return Answer(text=text, fault=fault, fault_after=after)
