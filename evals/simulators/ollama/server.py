"""The Ollama server: doors, models, a queue before the brain, and a log of what was asked."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType

import msgspec
from aiohttp import web

from evals.simulators.ollama.answers import Answer, Brain, ChatRequest, Json, refuse
from evals.simulators.ollama.brain import demo_brain
from evals.simulators.ollama.compatible import CompatibleWire, read_completion
from evals.simulators.ollama.generation import Generation, ModelCall
from evals.simulators.ollama.native import NativeWire, read_chat, read_generate
from evals.simulators.ollama.shelf import Model, ModelShelf, keep_seconds
from evals.simulators.ollama.wire import Wire, encode, stamp
from evals.simulators.serving import LoopbackServer
from evals.simulators.signals import Signal

VERSION = "0.12.6"
BODY_BYTES = 64 * 2**20
_DEFAULT_MODELS = (Model("llama3.2"),)


class OllamaSimulator:
    """An Ollama server on a loopback port; an async context manager.

    `brain` answers what no scripted answer takes. Seconds: `delay_s` before every answer, `token_s` between two tokens,
    `load_s` for a model that is not in memory. `parallel` bounds the answers in the making (the rest waits, at most `queue`
    requests), as OLLAMA_NUM_PARALLEL does; without it there is no bound.
    """

    def __init__(
        self,
        port: int = 0,
        brain: Brain = demo_brain,
        models: Sequence[Model] = _DEFAULT_MODELS,
        *,
        delay_s: float = 0.0,
        token_s: float = 0.0,
        load_s: float = 0.0,
        parallel: int | None = None,
        queue: int = 512,
    ) -> None:
        self.brain = brain
        self.shelf = ModelShelf(tuple(models))
        self.delay_s = delay_s
        self.token_s = token_s
        self.load_s = load_s
        self.calls: list[ModelCall] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.pullable: frozenset[str] | None = None  # None: every model can be pulled
        self._script: deque[Answer] = deque()
        self._slots = asyncio.Semaphore(parallel) if parallel else None
        self._most = parallel + queue if parallel else None
        self._signal = Signal()
        self._server = LoopbackServer(self._routes(), port, stop_with_client=True)

    async def __aenter__(self) -> OllamaSimulator:
        await self._server.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        await self._server.stop()

    @property
    def base_url(self) -> str:
        """Return the server's address; the OpenAI-compatible door is at /v1 below it."""
        return self._server.base_url

    def script(self, *answers: Answer, times: int = 1) -> None:
        """Give the next requests these answers, in order, before the brain is asked again."""
        self._script.extend(answers * times)

    async def wait_for_calls(self, count: int = 1, timeout_s: float = 5.0, ended: bool = True) -> list[ModelCall]:
        """Return the calls once there are at least `count` (that have ended). Raises `TimeoutError`."""

        def look() -> list[ModelCall] | None:
            if len(self.calls) - (self.in_flight if ended else 0) < count:
                return None
            return [call for call in self.calls if not ended or call.ended_at is not None]

        return await self._signal.until(look, timeout_s, lambda: f"{len(self.calls)} of {count} calls within {timeout_s} s.")

    def _routes(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES)
        app.router.add_get("/", _alive)  # HEAD comes with it
        app.router.add_get("/api/version", self._version)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/api/ps", self._ps)
        app.router.add_post("/api/show", self._show)
        app.router.add_post("/api/pull", self._pull)
        app.router.add_post("/api/chat", self._chat)
        app.router.add_post("/api/generate", self._generate)
        app.router.add_post("/v1/chat/completions", self._completion)
        app.router.add_get("/v1/models", self._v1_models)
        app.router.add_get("/v1/models/{name:.+}", self._v1_model)
        return app

    async def _version(self, _http: web.Request) -> web.Response:
        return _json({"version": VERSION})

    async def _tags(self, _http: web.Request) -> web.Response:
        return _json(self.shelf.tags())

    async def _ps(self, _http: web.Request) -> web.Response:
        return _json(self.shelf.running())

    async def _show(self, http: web.Request) -> web.Response:
        body = await _read(http)
        name = str(body.get("model") or body.get("name") or "")
        model = self.shelf.find(name)
        return _json(self.shelf.show(model)) if model else _json({"error": f"model '{name}' not found"}, 404)

    async def _pull(self, http: web.Request) -> web.StreamResponse:
        body = await _read(http)
        name = str(body.get("model") or body.get("name") or "")
        known = bool(name) and (self.pullable is None or name in self.pullable)
        if not known:
            error: Json = {"error": "pull model manifest: file does not exist"}
            return _json(error, 500) if body.get("stream") is False else _lines([{"status": "pulling manifest"}, error])
        model = Model(name)
        self.shelf.add(model)
        if body.get("stream") is False:
            return _json({"status": "success"})
        part: Json = {"status": f"pulling {model.digest[:12]}", "digest": f"sha256:{model.digest}", "total": model.size}
        steps = [part | {"completed": model.size * n // 4} for n in range(5)]
        rest: list[Json] = [{"status": word} for word in ("verifying sha256 digest", "writing manifest", "success")]
        return _lines([{"status": "pulling manifest"}, *steps, *rest])

    async def _v1_models(self, _http: web.Request) -> web.Response:
        return _json({"object": "list", "data": [_v1_row(name) for name in self.shelf.models]})

    async def _v1_model(self, http: web.Request) -> web.Response:
        name = http.match_info["name"]
        if self.shelf.find(name):
            return _json(_v1_row(name))
        error = CompatibleWire(name, False).error(404, f"model '{name}' not found")
        return web.Response(status=404, body=error, content_type="application/json")

    async def _chat(self, http: web.Request) -> web.StreamResponse:
        body = await _read(http)
        return await self._serve(http, body, read_chat, NativeWire(str(body.get("model")), False))

    async def _generate(self, http: web.Request) -> web.StreamResponse:
        body = await _read(http)
        return await self._serve(http, body, read_generate, NativeWire(str(body.get("model")), True))

    async def _completion(self, http: web.Request) -> web.StreamResponse:
        body = await _read(http)
        wanted = body.get("stream_options")
        usage = isinstance(wanted, dict) and bool(wanted.get("include_usage"))
        return await self._serve(http, body, read_completion, CompatibleWire(str(body.get("model")), usage))

    async def _serve(
        self, http: web.Request, body: Json, read: Callable[[Json], ChatRequest], wire: Wire
    ) -> web.StreamResponse:
        try:
            request = read(body)
        except ValueError as error:
            return web.Response(status=400, body=wire.error(400, str(error)), content_type="application/json")
        call = ModelCall(request, time.monotonic())
        self.calls.append(call)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self._signal.notify()
        try:
            return await self._think(http, wire, call)
        except (asyncio.CancelledError, ConnectionError):
            call.outcome = "gone"
            raise
        finally:
            self.in_flight -= 1
            call.ended_at = time.monotonic()
            self._signal.notify()

    async def _think(self, http: web.Request, wire: Wire, call: ModelCall) -> web.StreamResponse:
        refusal = self._refusal(call.request)
        if refusal is not None:
            return await Generation(http, wire, call, refusal).send()
        load_s = self.load_s if self.shelf.use(call.request.model, call.request.keep_alive) else 0.0
        if not call.request.messages:
            return self._loaded_only(call)
        if self._slots is None:
            return await Generation(http, wire, call, self._answer(call), load_s).send()
        async with self._slots:
            return await Generation(http, wire, call, self._answer(call), load_s).send()

    def _answer(self, call: ModelCall) -> Answer:
        answer = self._script.popleft() if self._script else self.brain(call.request)
        slower = {"delay_s": answer.delay_s + self.delay_s, "token_s": answer.token_s + self.token_s}
        call.answer = msgspec.structs.replace(answer, **slower)
        return call.answer

    def _refusal(self, request: ChatRequest) -> Answer | None:
        if not request.model:
            return refuse(400, "model is required")
        model = self.shelf.find(request.model)
        if model is None:
            return refuse(404, f"model '{request.model}' not found")
        if request.tools and "tools" not in model.capabilities:
            return refuse(400, f"registry.ollama.ai/library/{request.model} does not support tools")
        if self._most is not None and self.in_flight > self._most:
            return refuse(503, "server busy, please try again.  maximum pending requests exceeded")
        try:
            keep_seconds(request.keep_alive)
        except ValueError as error:
            return refuse(400, str(error))
        return None

    def _loaded_only(self, call: ModelCall) -> web.Response:
        call.status, call.outcome = 200, "done"
        reason = "unload" if keep_seconds(call.request.keep_alive) == 0 else "load"
        said: Json = {"response": ""} if "generate" in call.request.door else {"message": {"role": "assistant", "content": ""}}
        return _json({"model": call.request.model, "created_at": stamp(), **said, "done": True, "done_reason": reason})


async def _alive(_http: web.Request) -> web.Response:
    return web.Response(text="Ollama is running")


async def _read(http: web.Request) -> Json:
    raw = await http.read()
    try:
        body: object = msgspec.json.decode(raw) if raw else None
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text='{"error": "missing or invalid request body"}', content_type="application/json")
    return body


def _v1_row(name: str) -> Json:
    return {"id": name, "object": "model", "created": int(time.time()), "owned_by": "library"}


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(status=status, body=encode(body), content_type="application/json")


def _lines(lines: Sequence[Json]) -> web.Response:
    return web.Response(body=b"".join(encode(line) + b"\n" for line in lines), content_type="application/x-ndjson")
