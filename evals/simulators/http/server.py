"""The app's server: takes Muse's webhooks, proves and dedupes them, shows them to fans, lists them, lets faults happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from types import TracebackType

import msgspec
from aiohttp import web
from msgspec import Struct

from evals.simulators.http.chats import Entry
from evals.simulators.http.fans import AppFan
from evals.simulators.http.faults import Fault, Faults
from evals.simulators.http.feed import Feed, Json, Retries
from evals.simulators.http.signing import AppKeys, proven
from evals.simulators.serving import LoopbackServer, hang_up
from evals.simulators.signals import Signal

_DEFAULT_RETRIES = Retries()


class AppCall(Struct, eq=False):
    """One call as it came. `what` is the event's type, `list` or `file`; times monotonic; `status` 0 while it runs or broke.

    `proven` names the keys that fit (`v1:0`, `v1a:1`); `repeated` says that its webhook id was known already.
    """

    at: float
    what: str
    webhook_id: str
    headers: dict[str, str]
    body: bytes
    proven: tuple[str, ...]
    status: int = 0
    ended_at: float | None = None
    repeated: bool = False
    fault: str = ""


class Shown(Struct, eq=False):
    """A post that the app shows to everybody; `key` is the webhook id that brought it, `at` monotonic seconds."""

    id: str
    key: str
    at: float
    target: str
    text: str
    files: tuple[str, ...] = ()
    made_by_ai: bool = False
    language: str = "en"


class HttpAppSimulator:
    """An app on a loopback port; an async context manager. With `dedupes` false it shows everything that comes."""

    def __init__(self, port: int = 0, retries: Retries = _DEFAULT_RETRIES, *, dedupes: bool = True) -> None:
        self.fans: dict[str, AppFan] = {}
        self.files: dict[str, bytes] = {}
        self.posts: list[Shown] = []
        self.calls: list[AppCall] = []
        self.faults = Faults()
        self.feed = Feed(retries)
        self.keys = AppKeys()
        self._dedupes = dedupes
        self._known: dict[str, Json] = {}
        self._numbers = count(1)
        self._signal = Signal()
        app = web.Application(client_max_size=2**20)
        app.router.add_post("/muse", self._take)
        app.router.add_get("/sent", self._list)
        app.router.add_get("/files/{name}", self._file)
        self._server = LoopbackServer(app, port)

    async def __aenter__(self) -> HttpAppSimulator:
        await self._server.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        await self.feed.close()
        await self._server.stop()

    @property
    def base_url(self) -> str:
        """Return the app's address without a path."""
        return self._server.base_url

    @property
    def url(self) -> str:
        """Return where the app takes webhooks."""
        return f"{self.base_url}/muse"

    @property
    def list_url(self) -> str:
        """Return where the app lists what it received."""
        return f"{self.base_url}/sent"

    def connect(self, address: str, keys: AppKeys) -> None:
        """Learn where Muse takes events, and the keys of both sides."""
        self.feed.address, self.feed.keys, self.keys = address, keys, keys

    def add_fan(self, name: str = "Mia") -> AppFan:
        """Make a fan."""
        fan = AppFan(f"fan-{next(self._numbers)}", name, self.feed, lambda: next(self._numbers))
        self.fans[fan.chat.key] = fan
        return fan

    def calls_of(self, what: str) -> list[AppCall]:
        """List the calls of a kind, in order."""
        return [call for call in self.calls if call.what == what]

    async def wait_for_calls(self, what: str, at_least: int = 1, timeout_s: float = 5.0) -> list[AppCall]:
        """Return the calls of a kind once so many have ended. Raises `TimeoutError`."""

        def look() -> list[AppCall] | None:
            ended = [call for call in self.calls_of(what) if call.ended_at is not None]
            return ended if len(ended) >= at_least else None

        return await self._signal.until(
            look, timeout_s, lambda: f"{len(self.calls_of(what))} of {at_least} calls of {what} within {timeout_s} s."
        )

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        return await self._serve(request, _kind(body), body)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "list", request.raw_path.partition("?")[2].encode())

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, "file", b"")

    async def _serve(self, request: web.Request, what: str, signed: bytes) -> web.StreamResponse:
        """Take one call through its fault; `signed` is the body, or a GET's query string."""
        headers = dict(request.headers)
        fits = proven(self.keys.accepts, headers, signed)
        call = AppCall(time.monotonic(), what, request.headers.get("webhook-id", ""), headers, signed, fits)
        self.calls.append(call)
        fault = self.faults.take(what)
        call.fault = fault.kind if fault else ""
        try:
            response = await self._answer(request, call, fault)
            call.status = response.status if call.fault not in ("drop_before", "drop_after") else 0
            return response
        finally:
            call.ended_at = time.monotonic()
            self._signal.notify()

    async def _answer(self, request: web.Request, call: AppCall, fault: Fault | None) -> web.Response:
        if fault and fault.kind == "drop_before":
            return hang_up(request)
        if fault and fault.kind == "refuse":
            return web.Response(status=fault.status, headers=dict(fault.headers), body=fault.body)
        if fault and fault.kind == "stall":
            await asyncio.sleep(fault.seconds)
        response = self._file_response(request) if call.what == "file" else self._proven(request, call)
        if fault and fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "drop_after":
            return hang_up(request)
        return web.Response(body=fault.body, content_type="text/html") if fault and fault.kind == "garbage" else response

    def _proven(self, request: web.Request, call: AppCall) -> web.Response:
        if not call.proven:
            return _json(401, {"error": "signature"})
        if call.what == "list":
            return self._listing(request)
        call.repeated = call.webhook_id in self._known
        if call.repeated and self._dedupes:
            return _json(200, self._known[call.webhook_id])
        status, answer = self._perform(call)
        if status == 200:
            self._known[call.webhook_id] = answer
        return _json(status, answer)

    def _perform(self, call: AppCall) -> tuple[int, Json]:
        data = msgspec.json.decode(call.body)["data"]
        if call.what == "post.publish":
            return self._publish(call, data)
        fan = self.fans.get(str(data.get("conversation")))
        if fan is None:
            return 404, {"error": "conversation"}
        if fan.chat.blocked:
            return 403, {"error": "unreachable"}
        if call.what == "typing.started":
            fan.chat.add(Entry("typing", "muse", time.monotonic(), "", key=call.webhook_id))
            return 200, {}
        if call.what != "message.send":
            return 200, {}  # unknown kinds are let pass
        pack, picture = data.get("pack"), data.get("picture")
        entry = Entry("text", "muse", time.monotonic(), f"out-{next(self._numbers)}", data.get("text", ""), call.webhook_id)
        if pack:
            entry.kind, entry.pack, entry.text, entry.locked = "pack", pack, pack["caption"], True
        if picture:
            entry.kind, entry.picture, entry.text = "picture", picture, picture["caption"]
        fan.chat.add(entry)
        return 200, {"id": entry.id}

    def _publish(self, call: AppCall, data: Json) -> tuple[int, Json]:
        files = [str(item["file"]) for item in data["items"]]  # type: ignore[attr-defined]  # as Muse writes it
        shown = Shown(f"post-{next(self._numbers)}", call.webhook_id, time.monotonic(), str(data["target"]), str(data["text"]))
        shown.files, shown.made_by_ai, shown.language = tuple(files), bool(data["made_by_ai"]), str(data["language"])
        self.posts.append(shown)
        self._signal.notify()
        return 200, {"id": shown.id}

    def _listed_posts(self, target: str) -> list[Shown]:
        return [post for post in self.posts if post.target == target]

    def _listing(self, request: web.Request) -> web.Response:
        fan = self.fans.get(request.query.get("conversation", ""))
        shown: Sequence[Entry | Shown] = fan.chat.messages("muse") if fan else []
        if "posts" in request.query:
            shown = self._listed_posts(request.query["posts"])
        now = time.time() - time.monotonic()
        since = datetime.fromisoformat(request.query["since"]).timestamp()
        items = [
            {"id": one.id, "key": one.key, "text": one.text, "timestamp": datetime.fromtimestamp(now + one.at, UTC).isoformat()}
            for one in shown
            if now + one.at >= since
        ]
        return _json(200, {"items": items})

    def _file_response(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["name"])
        return web.Response(status=404) if data is None else web.Response(body=data, content_type="application/octet-stream")


def _kind(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body)["type"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "unreadable"


def _json(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
