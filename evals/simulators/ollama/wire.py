"""How one door of the server writes its answers; the generation behind all doors is the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from evals.simulators.ollama.answers import Json, ToolCall


class Tally(Struct, frozen=True):
    """The figures at the end of an answer: tokens, and durations in nanoseconds. `reason` is stop, length or tool_calls."""

    prompt_tokens: int
    reply_tokens: int
    total_ns: int
    load_ns: int
    reply_ns: int
    reason: str = "stop"

    def as_fields(self) -> Json:
        """Return the figures as Ollama's native API names them."""
        return {
            "done": True,
            "done_reason": "length" if self.reason == "length" else "stop",
            "total_duration": self.total_ns,
            "load_duration": self.load_ns,
            "prompt_eval_count": self.prompt_tokens,
            "prompt_eval_duration": max(1, (self.total_ns - self.load_ns - self.reply_ns)),
            "eval_count": self.reply_tokens,
            "eval_duration": max(1, self.reply_ns),
        }


class Wire(Protocol):
    """Turns pieces of an answer into bytes."""

    stream_type: str

    def piece(self, text: str, thinking: str = "") -> bytes:
        """Write one token of a stream."""
        ...

    def calls(self, calls: Sequence[ToolCall]) -> bytes:
        """Write the tool calls of a stream."""
        ...

    def end(self, tally: Tally) -> bytes:
        """Write the end of a stream."""
        ...

    def whole(self, text: str, thinking: str, calls: Sequence[ToolCall], tally: Tally) -> bytes:
        """Write an answer that is no stream."""
        ...

    def error(self, status: int, message: str) -> bytes:
        """Write the body of an error."""
        ...

    def error_line(self, message: str) -> bytes:
        """Write an error in the middle of a stream."""
        ...


def encode(body: object) -> bytes:
    """Return a body as JSON."""
    return msgspec.json.encode(body)


def stamp() -> str:
    """Return the time as Ollama writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
