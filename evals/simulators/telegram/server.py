"""The Bot API server: finds the bot, reads the call, lets faults happen, answers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TypeAlias

import msgspec
from aiohttp import web
from msgspec import Struct

from evals.simulators.serving import LoopbackServer, hang_up
from evals.simulators.signals import Signal
from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.errors import ApiError
from evals.simulators.telegram.fans import TelegramUser
from evals.simulators.telegram.faults import Fault, Faults
from evals.simulators.telegram.files import UPLOAD_BYTES
from evals.simulators.telegram.limits import Limits
from evals.simulators.telegram.methods import METHODS, Described
from evals.simulators.telegram.nouns import Json, Person
from evals.simulators.telegram.params import Params, read_params
from evals.simulators.telegram.webhook import Retries

_BY_LOWER = {name.lower(): (name, method) for name, method in METHODS.items()}
Watch: TypeAlias = Callable[["ApiCall"], Awaitable[None]]
_DEFAULT_LIMITS = Limits()
_DEFAULT_RETRIES = Retries()


class ApiCall(Struct, eq=False):
    """One call as it came: `at` and `ended_at` monotonic seconds, `status` 0 while it runs or when the connection broke.

    `performed` says whether the method did its work, whatever the caller was told.
    """

    at: float
    token: str
    method: str
    params: Params
    status: int = 0
    description: str = ""
    ended_at: float | None = None
    performed: bool = False
    fault: str = ""


class TelegramSimulator:
    """A Bot API server on a loopback port; an async context manager.

    `limits=None` switches the rate limits off; `retries` says how long an update is tried at a webhook. Updates and messages
    are numbered after `used_ids`, so that a simulator that follows another on the same database does not repeat its numbers.
    """

    def __init__(
        self,
        port: int = 0,
        limits: Limits | None = _DEFAULT_LIMITS,
        retries: Retries = _DEFAULT_RETRIES,
        used_ids: int = 0,
    ) -> None:
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.calls: list[ApiCall] = []
        self.faults = Faults()
        self.watch: Watch | None = None  # awaited before a call does anything, and after it did what was asked
        self._limits = limits
        self._retries = retries
        self._used_ids = used_ids
        self._signal = Signal()
        self._ended: Counter[str] = Counter()
        app = web.Application(client_max_size=UPLOAD_BYTES * 10 + 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/{rest:.*}", _nowhere)
        self._server = LoopbackServer(app, port)

    async def __aenter__(self) -> TelegramSimulator:
        await self._server.start()
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        for bot in self.bots.values():
            await bot.feed.close()
        await self._server.stop()

    @property
    def base_url(self) -> str:
        """Return the address that takes the place of https://api.telegram.org."""
        return self._server.base_url

    def add_bot(self, name: str = "Luna", username: str = "", token: str = "") -> Bot:
        """Make a bot, with a token of its own unless one is given."""
        bot_id = 7_000_000_001 + len(self.bots)
        token = token or f"{bot_id}:AAE-simulated-token-of-bot-{len(self.bots) + 1:03d}"
        profile = Person(bot_id, name, username or f"{name.lower()}_bot", None, is_bot=True)
        self.bots[token] = Bot(token, profile, self.people, self._limits, self._retries, self._used_ids)
        return self.bots[token]

    def add_user(self, name: str = "Mia", username: str | None = None, language: str | None = "en") -> TelegramUser:
        """Make a person, who has not started any bot yet."""
        person = Person(500_000_001 + len(self.people), name, username, language)
        self.people[person.id] = person
        return TelegramUser(person)

    def calls_of(self, method: str) -> list[ApiCall]:
        """List the calls of a method, in order."""
        return [call for call in self.calls if call.method == method]

    async def wait_for_calls(self, method: str, count: int = 1, timeout_s: float = 5.0) -> list[ApiCall]:
        """Return the calls of a method once at least `count` have ended. Raises `TimeoutError`."""

        def look() -> list[ApiCall] | None:
            if self._ended[method] < count:
                return None
            return [call for call in self.calls_of(method) if call.ended_at is not None]

        def missed() -> str:
            return f"{len(self.calls_of(method))} of {count} calls of {method} within {timeout_s} s."

        return await self._signal.until(look, timeout_s, missed)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        given = request.match_info["method"]
        name, _ = _BY_LOWER.get(given.lower(), (given, None))
        call = ApiCall(time.monotonic(), request.match_info["token"], name, Params({}))
        self.calls.append(call)
        fault = self.faults.take(name)
        call.fault = fault.kind if fault else ""
        try:
            return await self._answer(request, call, fault)
        finally:
            call.ended_at = time.monotonic()
            self._ended[name] += 1
            self._signal.notify()

    async def _answer(self, request: web.Request, call: ApiCall, fault: Fault | None) -> web.StreamResponse:
        try:
            call.params = await read_params(request)
            if fault and fault.kind == "drop_before":
                return hang_up(request)
            if fault and fault.kind == "error":
                return _broken(call, fault.status)
            if fault and fault.kind == "rate_limit":
                raise ApiError(429, f"Too Many Requests: retry after {fault.retry_after}", fault.retry_after)
            if fault and fault.kind == "stall":
                await asyncio.sleep(fault.seconds)
            if self.watch:
                await self.watch(call)
            body = await self._perform(call)
            if self.watch:
                await self.watch(call)
        except ApiError as refusal:
            call.status, call.description = refusal.code, refusal.description
            body = refusal.body()
        if fault and fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "drop_after":
            call.status = 0
            return hang_up(request)
        return _json(call.status, body)

    async def _perform(self, call: ApiCall) -> Json:
        bot = self.bots.get(call.token)
        if bot is None:
            raise ApiError(401, "Unauthorized")
        _, method = _BY_LOWER.get(call.method.lower(), ("", None))
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        result = await method(bot, call.params)
        call.status, call.performed = 200, True
        if isinstance(result, Described):
            return {"ok": True, "result": result.result, "description": result.description}
        return {"ok": True, "result": result}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        bot = self.bots.get(request.match_info["token"])
        if bot is None:
            return _json(401, ApiError(401, "Unauthorized").body())
        file = bot.files.at(request.match_info["path"])
        if file is None:
            return _json(404, ApiError(404, "Not Found").body())
        return web.Response(body=file.data, content_type="application/octet-stream")


async def _nowhere(_request: web.Request) -> web.StreamResponse:
    return _json(404, ApiError(404, "Not Found").body())


def _broken(call: ApiCall, status: int) -> web.Response:
    call.status, call.description = status, "Internal Server Error"
    if status > 500:
        page = f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
        return web.Response(status=status, text=page, content_type="text/html")
    return _json(status, ApiError(status, call.description).body())


def _json(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
