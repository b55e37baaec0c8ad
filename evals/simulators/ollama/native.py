"""The wire of /api/chat and /api/generate: NDJSON streams, durations in nanoseconds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from evals.simulators.ollama.answers import ChatMessage, ChatRequest, Json, ToolCall
from evals.simulators.ollama.wire import Tally, encode, stamp


class NativeWire:
    """Writes as /api/chat does, or as /api/generate."""

    stream_type = "application/x-ndjson"

    def __init__(self, model: str, generate: bool) -> None:
        self._model = model
        self._generate = generate

    def piece(self, text: str, thinking: str = "") -> bytes:
        """Write one token as a line."""
        return self._line(text, thinking, (), {"done": False})

    def calls(self, calls: Sequence[ToolCall]) -> bytes:
        """Write the tool calls as a line of their own."""
        return self._line("", "", calls, {"done": False})

    def end(self, tally: Tally) -> bytes:
        """Write the last line, with the figures."""
        return self._line("", "", (), tally.as_fields())

    def whole(self, text: str, thinking: str, calls: Sequence[ToolCall], tally: Tally) -> bytes:
        """Write everything as one object."""
        return self._line(text, thinking, calls, tally.as_fields()).rstrip(b"\n")

    def error(self, _status: int, message: str) -> bytes:
        """Write an error's body."""
        return encode({"error": message})

    def error_line(self, message: str) -> bytes:
        """Write an error as a line."""
        return encode({"error": message}) + b"\n"

    def _line(self, text: str, thinking: str, calls: Sequence[ToolCall], rest: Json) -> bytes:
        said: Json = {"thinking": thinking} if thinking else {}
        if calls:
            said["tool_calls"] = [
                {
                    "id": f"call_{secrets.token_hex(4)}",
                    "function": {"index": n, "name": call.name, "arguments": dict(call.arguments)},
                }
                for n, call in enumerate(calls)
            ]
        if self._generate:
            body: Json = {"response": text, **said}
        else:
            body = {"message": {"role": "assistant", "content": text, **said}}
        return encode({"model": self._model, "created_at": stamp(), **body, **rest}) + b"\n"


def read_chat(body: Json) -> ChatRequest:
    """Read a body of /api/chat. Raises `ValueError` with Ollama's sentence."""
    messages = tuple(_message(item) for item in as_objects(body.get("messages"), "messages"))
    return _request("/api/chat", body, messages)


def read_generate(body: Json) -> ChatRequest:
    """Read a body of /api/generate as a chat of one prompt. Raises `ValueError`."""
    system, prompt = str(body.get("system") or ""), str(body.get("prompt") or "")
    said = [ChatMessage("system", system)] if system else []
    if prompt:
        said.append(ChatMessage("user", prompt, images=count_of(body.get("images"))))
    return _request("/api/generate", body, tuple(said))


def _request(door: str, body: Json, messages: tuple[ChatMessage, ...]) -> ChatRequest:
    options = body.get("options")
    return ChatRequest(
        door,
        str(body.get("model") or ""),
        messages,
        body,
        tuple(as_objects(body.get("tools"), "tools")),
        body.get("stream") is not False,
        options if isinstance(options, dict) else {},
        body.get("format") or None,
        body.get("keep_alive"),
        bool(body.get("think")),
    )


def _message(item: Json) -> ChatMessage:
    calls = [call.get("function") for call in as_objects(item.get("tool_calls"), "tool_calls")]
    return ChatMessage(
        str(item.get("role") or ""),
        str(item.get("content") or ""),
        count_of(item.get("images")),
        tuple(ToolCall(str(call.get("name")), _arguments(call.get("arguments"))) for call in calls if isinstance(call, dict)),
        str(item.get("tool_name") or item.get("name") or ""),
    )


def _arguments(given: object) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise ValueError(
            "json: cannot unmarshal tool call arguments into Go struct field of type api.ToolCallFunctionArguments"
        )
    return given


def as_objects(given: object, name: str) -> list[Json]:
    """Return a list of objects, empty for nothing. Raises `ValueError` for anything else."""
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise ValueError(f"json: cannot unmarshal field {name}: expected an array of objects")
    return given


def count_of(given: object) -> int:
    """Count the items of a list, 0 for anything else."""
    return len(given) if isinstance(given, list) else 0
