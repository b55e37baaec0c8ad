"""One answer on its way out: pauses, tokens, figures, and the ways in which it can break."""

from __future__ import annotations

import asyncio
import time
from typing import Literal, TypeAlias

from aiohttp import web
from msgspec import Struct

from evals.simulators.ollama.answers import Answer, ChatRequest
from evals.simulators.ollama.wire import Tally, Wire
from evals.simulators.serving import hang_up

Outcome: TypeAlias = Literal["running", "done", "refused", "broken", "gone"]


class ModelCall(Struct, eq=False):
    """One request to a model, for assertions; times monotonic seconds.

    `outcome` is gone when the client hung up first, broken when a fault struck, refused for an HTTP error.
    """

    request: ChatRequest
    at: float
    answer: Answer | None = None
    status: int = 0
    outcome: Outcome = "running"
    first_token_at: float | None = None
    ended_at: float | None = None


class Generation:
    """Sends one answer over one wire."""

    def __init__(self, http: web.Request, wire: Wire, call: ModelCall, answer: Answer, load_s: float = 0.0) -> None:
        self._http, self._wire, self._call, self._answer = http, wire, call, answer
        self._load_s = load_s
        most = call.request.options.get("num_predict")
        limit = most if isinstance(most, int) and most > 0 else -1
        self._tokens = answer.tokens(limit)
        self._cut = len(self._tokens) < len(answer.tokens())

    async def send(self) -> web.StreamResponse:
        """Send the answer and note how it went."""
        await asyncio.sleep(self._load_s + self._answer.delay_s)
        if self._answer.error:
            return self._refuse()
        return await (self._send_stream() if self._call.request.stream else self._send_whole())

    async def _send_whole(self) -> web.StreamResponse:
        await asyncio.sleep(self._answer.token_s * len(self._tokens))
        answer, fault = self._answer, self._answer.fault
        body = self._wire.whole("".join(self._tokens), self._thinking(), answer.tool_calls, self._tally())
        if not fault:
            return self._end(web.Response(body=body, content_type="application/json"))
        self._call.outcome = "broken"
        if fault == "hang":
            await asyncio.Event().wait()
        if fault == "drop":
            return hang_up(self._http)
        self._call.status = 500 if fault == "error" else 200
        if fault == "error":
            return web.Response(status=500, body=self._wire.error(500, "llama runner process has terminated: signal: killed"))
        if fault == "garbage":
            return web.Response(text="<html>this is not the answer you look for", content_type="text/html")
        return web.Response(body=body[: len(body) // 2], content_type="application/json")

    async def _send_stream(self) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": self._wire.stream_type})
        if self._answer.fault and self._answer.fault_after <= 0:
            return await self._break(response)
        await response.prepare(self._http)
        self._call.status, self._call.first_token_at = 200, time.monotonic()
        if self._thinking():
            await response.write(self._wire.piece("", self._thinking()))
        for n, token in enumerate(self._tokens, 1):
            await response.write(self._wire.piece(token))
            if self._answer.fault and n >= self._answer.fault_after:
                return await self._break(response)
            await asyncio.sleep(self._answer.token_s)
        if self._answer.tool_calls:
            await response.write(self._wire.calls(self._answer.tool_calls))
        await response.write(self._wire.end(self._tally()))
        await response.write_eof()
        return self._end(response)

    async def _break(self, response: web.StreamResponse) -> web.StreamResponse:
        fault = self._answer.fault
        self._call.outcome = "broken"
        if fault == "hang":
            await asyncio.Event().wait()
        if fault == "drop":
            return hang_up(self._http)
        if not response.prepared:
            await response.prepare(self._http)
        self._call.status = 200
        line = self._wire.piece("and then")
        broken = {
            "broken_json": line[: len(line) // 2] + b"\n",
            "garbage": b"<html>this is not the answer you look for\n",
            "error": self._wire.error_line("an error was encountered while running the model: unexpected EOF"),
        }
        await response.write(broken[fault])
        await response.write_eof()
        return response

    def _refuse(self) -> web.Response:
        self._call.outcome, self._call.status = "refused", self._answer.status
        body = self._wire.error(self._answer.status, self._answer.error)
        return web.Response(status=self._answer.status, body=body, content_type="application/json")

    def _end(self, response: web.StreamResponse) -> web.StreamResponse:
        self._call.outcome, self._call.status = "done", 200
        return response

    def _thinking(self) -> str:
        return self._answer.thinking if self._call.request.think else ""

    def _tally(self) -> Tally:
        took = int((time.monotonic() - self._call.at) * 1e9)
        words = sum(len(message.content.split()) + 4 for message in self._call.request.messages)
        replied = len(self._tokens) + 12 * len(self._answer.tool_calls)
        spoke = int((time.monotonic() - (self._call.first_token_at or self._call.at)) * 1e9)
        return Tally(words, max(1, replied), took, int(self._load_s * 1e9), spoke, "length" if self._cut else "stop")
