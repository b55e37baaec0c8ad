"""The wire of /v1/chat/completions: Ollama's OpenAI-compatible door, with server-sent events."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence

import msgspec

from evals.simulators.ollama.answers import ChatMessage, ChatRequest, Json, ToolCall
from evals.simulators.ollama.native import as_objects
from evals.simulators.ollama.wire import Tally, encode

_ERROR_TYPES = {400: "invalid_request_error", 404: "not_found_error"}


class CompatibleWire:
    """Writes as the OpenAI API does; `usage` adds the figures to the end of a stream."""

    stream_type = "text/event-stream"

    def __init__(self, model: str, usage: bool) -> None:
        self._model = model
        self._usage = usage
        self._id = f"chatcmpl-{secrets.randbelow(1000)}"
        self._called = False

    def piece(self, text: str, thinking: str = "") -> bytes:
        """Write one token as an event."""
        return self._event({"role": "assistant", "content": text, **({"reasoning": thinking} if thinking else {})}, None)

    def calls(self, calls: Sequence[ToolCall]) -> bytes:
        """Write the tool calls as an event."""
        self._called = True
        return self._event({"role": "assistant", "content": "", "tool_calls": _calls(calls)}, None)

    def end(self, tally: Tally) -> bytes:
        """Write the last events."""
        last = self._event({"role": "assistant", "content": ""}, "tool_calls" if self._called else tally.reason)
        if self._usage:
            last += _data({**self._head("chat.completion.chunk"), "choices": [], "usage": _usage(tally)})
        return last + b"data: [DONE]\n\n"

    def whole(self, text: str, thinking: str, calls: Sequence[ToolCall], tally: Tally) -> bytes:
        """Write everything as one object."""
        message: Json = {"role": "assistant", "content": text}
        message |= {**({"reasoning": thinking} if thinking else {}), **({"tool_calls": _calls(calls)} if calls else {})}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else tally.reason}
        return encode({**self._head("chat.completion"), "choices": [choice], "usage": _usage(tally)})

    def error(self, status: int, message: str) -> bytes:
        """Write an error's body."""
        kind = _ERROR_TYPES.get(status, "api_error")
        return encode({"error": {"message": message, "type": kind, "param": None, "code": None}})

    def error_line(self, message: str) -> bytes:
        """Write an error as an event."""
        return b"data: " + self.error(500, message) + b"\n\n"

    def _event(self, delta: Json, reason: str | None) -> bytes:
        return _data(
            {**self._head("chat.completion.chunk"), "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        )

    def _head(self, kind: str) -> Json:
        return {
            "id": self._id,
            "object": kind,
            "created": int(time.time()),
            "model": self._model,
            "system_fingerprint": "fp_ollama",
        }


def read_completion(body: Json) -> ChatRequest:
    """Read a body of /v1/chat/completions. Raises `ValueError`."""
    messages = tuple(_message(item) for item in as_objects(body.get("messages"), "messages"))
    if not messages:
        raise ValueError("[] is too short - 'messages'")
    options: Json = {}
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    if most is not None:
        options["num_predict"] = most
    shape = body.get("response_format")
    return ChatRequest(
        "/v1/chat/completions",
        str(body.get("model") or ""),
        messages,
        body,
        tuple(as_objects(body.get("tools"), "tools")),
        body.get("stream") is True,
        options,
        _format(shape) if isinstance(shape, dict) else None,
    )


def _format(shape: Json) -> object:
    inner = shape.get("json_schema")
    if isinstance(inner, dict):
        return inner.get("schema")
    return "json" if shape.get("type") == "json_object" else None


def _message(item: Json) -> ChatMessage:
    content, images = item.get("content"), 0
    if isinstance(content, list):
        parts = as_objects(content, "content")
        images = sum(part.get("type") == "image_url" for part in parts)
        content = "".join(str(part.get("text") or "") for part in parts if part.get("type") == "text")
    calls = [call.get("function") for call in as_objects(item.get("tool_calls"), "tool_calls")]
    return ChatMessage(
        str(item.get("role") or ""),
        str(content or ""),
        images,
        tuple(ToolCall(str(call.get("name")), _arguments(call.get("arguments"))) for call in calls if isinstance(call, dict)),
        str(item.get("name") or ""),
    )


def _arguments(given: object) -> Mapping[str, object]:
    try:
        return msgspec.json.decode(str(given), type=dict[str, object])
    except msgspec.MsgspecError:
        raise ValueError("invalid tool call arguments") from None


def _calls(calls: Sequence[ToolCall]) -> list[Json]:
    return [
        {
            "id": f"call_{secrets.token_hex(4)}",
            "index": n,
            "type": "function",
            "function": {"name": call.name, "arguments": encode(dict(call.arguments)).decode()},
        }
        for n, call in enumerate(calls)
    ]


def _usage(tally: Tally) -> Json:
    return {
        "prompt_tokens": tally.prompt_tokens,
        "completion_tokens": tally.reply_tokens,
        "total_tokens": tally.prompt_tokens + tally.reply_tokens,
    }


def _data(body: Json) -> bytes:
    return b"data: " + encode(body) + b"\n\n"
