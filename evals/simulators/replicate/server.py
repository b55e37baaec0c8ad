"""The server: takes orders, paints plain sheets, lists, cancels, hands out files, and goes wrong when told to.

Calls are named `create`, `get`, `cancel`, `list`, `model`, `file`; faults are switched by these names.
"""

from __future__ import annotations

import asyncio
import io
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from types import TracebackType
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct
from PIL import Image

from evals.simulators.http.faults import Faults
from evals.simulators.replicate.shelf import FLUX, SDXL, ModelOnShelf
from evals.simulators.serving import LoopbackServer, hang_up

PAGE = 100
WAIT_S = 60.0
Answer = Callable[[web.Request], Awaitable[web.Response]]


class Prediction(Struct):
    """One order. It is done `run_s` seconds after it was made, unless it was cancelled before; `fails` then."""

    id: str
    model: ModelOnShelf
    input: dict[str, Any]
    made: float
    made_at: datetime
    run_s: float
    fails: bool = False
    cancelled: bool = False
    removed: bool = False

    @property
    def status(self) -> str:
        """Return its state by the time that has passed."""
        if self.cancelled:
            return "canceled"
        if time.monotonic() < self.made + self.run_s:
            return "processing"
        return "failed" if self.fails else "succeeded"

    def told(self, base: str) -> dict[str, Any]:
        """Return it as the API tells it."""
        done = self.status == "succeeded" and not self.removed
        return {
            "id": self.id,
            "model": self.model.path,
            "version": self.model.version,
            "input": {} if self.removed else self.input,
            "logs": "",
            "output": [f"{base}/files/{self.id}.png"] if done else None,
            "data_removed": self.removed,
            "error": "the model stumbled" if self.status == "failed" else None,
            "source": "api",
            "status": self.status,
            "created_at": self.made_at.isoformat(),
            "metrics": {"predict_time": self.run_s} if done else {},
            "urls": {"get": f"{base}/v1/predictions/{self.id}", "cancel": f"{base}/v1/predictions/{self.id}/cancel"},
        }


class ReplicateSimulator:
    """A server on a loopback port with one account; an async context manager. `charged` are orders that ran to their end."""

    def __init__(self, port: int = 0, *, run_s: float = 0.0, models: tuple[ModelOnShelf, ...] = (SDXL, FLUX)) -> None:
        self.token, self.run_s, self.faults = f"r8_{secrets.token_hex(8)}", run_s, Faults()
        self.models = {model.path: model for model in models}
        self.predictions: dict[str, Prediction] = {}
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.next_fails = False
        self._numbers = count(1)
        app = web.Application(client_max_size=16 * 2**20)
        for method, path, name, handler in (
            ("POST", "/v1/predictions", "create", self._create),
            ("POST", "/v1/models/{owner}/{name}/predictions", "create", self._create),
            ("GET", "/v1/predictions", "list", self._list),
            ("GET", "/v1/predictions/{id}", "get", self._get),
            ("POST", "/v1/predictions/{id}/cancel", "cancel", self._cancel),
            ("GET", "/v1/models/{owner}/{name}", "model", self._model),
            ("GET", "/files/{id}.png", "file", self._file),
        ):
            app.router.add_route(method, path, self._served(name, handler))
        self._server = LoopbackServer(app, port)

    async def __aenter__(self) -> ReplicateSimulator:
        await self._server.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        await self._server.stop()

    @property
    def url(self) -> str:
        """Return the API's address."""
        return f"{self._server.base_url}/v1"

    @property
    def charged(self) -> list[Prediction]:
        """Return the predictions that ran to their end."""
        return [one for one in self.predictions.values() if one.status == "succeeded"]

    def calls_of(self, what: str) -> list[dict[str, str]]:
        """Return the headers of the calls of a kind."""
        return [headers for name, headers in self.calls if name == what]

    def _served(self, name: str, handler: Answer) -> Answer:
        async def serve(request: web.Request) -> web.Response:
            self.calls.append((name, dict(request.headers)))
            fault = self.faults.take(name)
            if fault and fault.kind == "drop_before":
                return hang_up(request)
            if fault and fault.kind == "refuse":
                return web.Response(status=fault.status, headers=dict(fault.headers), body=fault.body)
            if fault and fault.kind == "stall":
                await asyncio.sleep(fault.seconds)
            if name != "file" and request.headers.get("authorization") != f"Bearer {self.token}":
                return _problem(401, "Unauthenticated", "You did not pass a valid authentication token")
            answer = await handler(request)
            if fault and fault.kind == "late":
                await asyncio.sleep(fault.seconds)
            if fault and fault.kind == "drop_after":
                return hang_up(request)
            return web.Response(body=fault.body, content_type="text/html") if fault and fault.kind == "garbage" else answer

        return serve

    async def _create(self, request: web.Request) -> web.Response:
        body = msgspec.json.decode(await request.read())
        model = self._meant(request, body)
        if model is None:
            return _problem(404, "Not found", "The requested resource could not be found.")
        if wrong := _wrong(body.get("input", {}), model):
            return _problem(422, "Input validation failed", wrong)
        now = datetime.now(UTC)
        made = Prediction(
            f"p{next(self._numbers):025d}", model, body["input"], time.monotonic(), now, self.run_s, self.next_fails
        )
        self.next_fails = False
        self.predictions[made.id] = made
        waits = request.headers.get("prefer", "").partition("wait")
        if waits[1]:
            longest = float(waits[2].removeprefix("=") or WAIT_S)
            await asyncio.sleep(min(longest, self.run_s))
        return _json(201, made.told(self._server.base_url))

    def _meant(self, request: web.Request, body: dict[str, Any]) -> ModelOnShelf | None:
        if "owner" in request.match_info:
            found = self.models.get(f"{request.match_info['owner']}/{request.match_info['name']}")
            return found if found and found.official else None
        path, _, version = str(body.get("version", "")).partition(":")
        found = self.models.get(path)
        return found if found and found.version == version else None

    async def _list(self, request: web.Request) -> web.Response:
        since = request.query.get("created_after")
        found = [one for one in reversed(self.predictions.values()) if since is None or one.made_at >= _moment(since)]
        at = int(request.query.get("cursor", "0"))
        following = request.url.update_query(cursor=str(at + PAGE)) if len(found) > at + PAGE else None
        told = [one.told(self._server.base_url) for one in found[at : at + PAGE]]
        return _json(200, {"previous": None, "next": None if following is None else str(following), "results": told})

    async def _get(self, request: web.Request) -> web.Response:
        found = self.predictions.get(request.match_info["id"])
        return _json(200, found.told(self._server.base_url)) if found else _problem(404, "Not found", "No such prediction")

    async def _cancel(self, request: web.Request) -> web.Response:
        found = self.predictions.get(request.match_info["id"])
        if found is None:
            return _problem(404, "Not found", "No such prediction")
        found.cancelled = found.cancelled or found.status == "processing"
        return _json(200, found.told(self._server.base_url))

    async def _model(self, request: web.Request) -> web.Response:
        found = self.models.get(f"{request.match_info['owner']}/{request.match_info['name']}")
        return _json(200, found.described()) if found else _problem(404, "Not found", "No such model")

    async def _file(self, request: web.Request) -> web.Response:
        found = self.predictions.get(request.match_info["id"])
        if found is None or found.status != "succeeded" or found.removed:
            return web.Response(status=404)
        return web.Response(body=_draw(found.input), content_type="image/png")


def _draw(wanted: dict[str, Any]) -> bytes:
    """Return a plain sheet whose colour is the seed's."""
    seed = int(wanted.get("seed", 0))
    size = (int(wanted.get("width", 512)), int(wanted.get("height", 512)))
    out = io.BytesIO()
    Image.new("RGB", size, (seed * 37 % 256, seed * 91 % 256, seed * 151 % 256)).save(out, "PNG")
    return out.getvalue()


def _wrong(given: dict[str, Any], model: ModelOnShelf) -> str:
    """Return what is wrong with an input, by the model's schema."""
    if not isinstance(given.get("prompt"), str):
        return "- input: prompt is required\n"
    for name, value in given.items():
        field = model.takes.get(name)
        if field is None:
            return f"- input: Additional property {name} is not allowed\n"
        if isinstance(value, int | float) and not field.get("minimum", value) <= value <= field.get("maximum", value):
            return f"- input.{name}: Must be between {field['minimum']} and {field['maximum']}\n"
    return ""


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _problem(status: int, title: str, detail: str) -> web.Response:
    return _json(status, {"title": title, "detail": detail, "status": status})


def _json(status: int, body: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
