"""Replicate's HTTP API: predictions, models, output files. Facts as of 2026-03, from its OpenAPI description.

Every way in which a call can end is told apart here: whether bytes of an order have left decides about repeating it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from core.errors import BadInput, CredentialExpired, Misconfigured, OutcomeUnknown, RateLimited, Refused, Unavailable
from core.settings import is_loopback

CALL_S = 30.0
CONNECT_S = 10.0
LARGEST_ANSWER = 8_000_000
LARGEST_PICTURE = 30_000_000
PAGES = 3
"""Pages of a hundred predictions that are looked through at most."""

ENDED = frozenset({"succeeded", "failed", "canceled", "aborted"})
T = TypeVar("T")


class Prediction(Struct, frozen=True):
    """One order as Replicate tells of it. `output` is an address or a list of them; input and output vanish after an hour."""

    id: str
    status: str
    input: dict[str, Any] | None = None
    output: Any = None
    error: Any = None
    data_removed: bool | None = False
    metrics: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.status in ENDED

    @property
    def seconds(self) -> float:
        """Return how long it ran, where that is told."""
        told = (self.metrics or {}).get("predict_time")
        return float(told) if isinstance(told, int | float) else 0.0


class Version(Struct, frozen=True):
    """A version of a model; its schema says what it takes."""

    id: str
    openapi_schema: dict[str, Any] | None = None


class Model(Struct, frozen=True):
    """A model. An official one is run by its name, any other by its version."""

    is_official: bool | None = False
    latest_version: Version | None = None


class _Page(Struct, frozen=True):
    results: list[Prediction]
    next: str | None = None


class _Problem(Struct, frozen=True):
    title: str | None = None
    detail: str | None = None


@dataclass
class _Trail:
    left: bool = False


class ReplicateApi:
    """One account's door. Calls raise `Unavailable`, `RateLimited`, `Misconfigured`, `BadInput`, `Refused`."""

    def __init__(self, url: str, token: str, hosts: tuple[str, ...], *, call_s: float = CALL_S) -> None:
        """Speak to `url`, which ends in /v1; pictures come from `hosts` and below them only."""
        self._url = URL(url.rstrip("/"))
        self._token, self._hosts, self._call_s = token, hosts, call_s
        self._session: aiohttp.ClientSession | None = None

    async def create(self, path: str, body: dict[str, Any], *, wait_s: int, at_most_s: int) -> Prediction:
        """Order a prediction and wait a little for it; Replicate calls it off by itself after `at_most_s` seconds.

        Raises `OutcomeUnknown` when the order left and nobody knows whether it was taken.
        """
        headers = {"Prefer": f"wait={wait_s}", "Cancel-After": f"{at_most_s}s"}
        return _read(await self._ask("POST", path, body, headers, order=True), Prediction, order=True)

    async def get(self, prediction_id: str) -> Prediction:
        """Return how an order stands."""
        return _read(await self._ask("GET", f"predictions/{_safe(prediction_id)}"), Prediction)

    async def cancel(self, prediction_id: str) -> None:
        """Call an order off; one that has ended stays as it is."""
        await self._ask("POST", f"predictions/{_safe(prediction_id)}/cancel")

    async def list_since(self, since: datetime) -> list[Prediction]:
        """Return the orders made since a moment, newest first, as far as a few pages go."""
        found: list[Prediction] = []
        url: URL | None = (self._url / "predictions").with_query(created_after=since.isoformat())
        for _ in range(PAGES):
            if url is None:
                break
            page = _read(await self._call("GET", url, b"", {}, order=False), _Page)
            found += page.results
            following = URL(page.next) if page.next else None
            url = following if following is not None and following.origin() == self._url.origin() else None
        return found

    async def model(self, owner: str, name: str) -> Model:
        """Return a model with what it takes."""
        return _read(await self._ask("GET", f"models/{owner}/{name}"), Model)

    async def fetch(self, address: str) -> bytes:
        """Fetch an output from Replicate's own hosts, bounded. Raises `Refused` for any other place."""
        url = URL(address)
        if not self._is_own(url):
            raise Refused("The provider's picture lies on a host that is not its own; it was not fetched.")
        try:
            async with self._open().get(url, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise Unavailable(f"The provider's picture is not to be had ({answer.status}).")
                return await _bounded(answer, LARGEST_PICTURE)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("The provider's picture is not to be had.") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _is_own(self, url: URL) -> bool:
        host = url.host or ""
        if is_loopback(host) and is_loopback(self._url.host or ""):
            return True  # a server on this machine that speaks like Replicate
        return url.scheme == "https" and any(host == own or host.endswith(f".{own}") for own in self._hosts)

    async def _ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None, *, order: bool = False
    ) -> bytes:
        sent = msgspec.json.encode(body) if body is not None else b""
        return await self._call(method, self._url / path, sent, headers or {}, order=order)

    async def _call(self, method: str, url: URL, body: bytes, headers: dict[str, str], *, order: bool) -> bytes:
        if not self._token:
            raise CredentialExpired("There is no token for Replicate; set MUSE_REPLICATE_TOKEN.")
        trail = _Trail()
        told = {"authorization": f"Bearer {self._token}", **({"content-type": "application/json"} if body else {}), **headers}
        try:
            async with self._open().request(
                method, url, data=body or None, headers=told, allow_redirects=False, trace_request_ctx=trail
            ) as answer:
                raw = await _bounded(answer, LARGEST_ANSWER)
                if answer.status >= 300:
                    raise _refusal(answer, raw, order)
                return raw
        except (aiohttp.ClientError, TimeoutError) as error:
            if order and trail.left:
                raise OutcomeUnknown("Replicate did not answer; it may have painted the picture, and charged it.") from error
            raise Unavailable("Replicate does not answer.") from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_leaves)
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._call_s, connect=CONNECT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
            )
        return self._session


async def _leaves(_: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams) -> None:
    if isinstance(context.trace_request_ctx, _Trail):
        context.trace_request_ctx.left = True


async def _bounded(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    found = bytearray()
    async for chunk in answer.content.iter_chunked(65536):
        found += chunk
        if len(found) > limit:
            raise Refused(f"The provider sent more than {limit // 1_000_000} MB.")
    return bytes(found)


def _refusal(answer: aiohttp.ClientResponse, raw: bytes, order: bool) -> Exception:
    """Return what a status means for us; the words beside it are for people alone."""
    status, said = answer.status, _said(raw)
    if status in (401, 403):
        return CredentialExpired("Replicate refuses the token; set another as MUSE_REPLICATE_TOKEN.")
    if status == 402:
        return Misconfigured("Replicate's account has no credit left; top it up there.")
    if status == 404:
        return Misconfigured("Replicate has no such model or prediction.")
    if status == 429:
        after = answer.headers.get("retry-after", "")
        return RateLimited("Replicate asks for a pause.", float(after) if after.isdigit() else 10.0)
    if status >= 500:
        if order:
            return OutcomeUnknown(f"Replicate failed ({status}); it may have painted the picture all the same.")
        return Unavailable(f"Replicate fails ({status}).")
    return BadInput(f"Replicate does not take this{f': {said}' if said else ''}.")


def _said(raw: bytes) -> str:
    try:
        problem = msgspec.json.decode(raw, type=_Problem)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ""
    return " ".join((problem.detail or problem.title or "").split())[:200].rstrip(".")


def _read(raw: bytes, kind: type[T], *, order: bool = False) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        if order:
            raise OutcomeUnknown("Replicate took the order, and its answer cannot be read.") from error
        raise Unavailable("Replicate's answer cannot be read.") from error


def _safe(prediction_id: str) -> str:
    if not prediction_id.isalnum():
        raise Unavailable("Replicate named a prediction in a way that cannot be an address.")
    return prediction_id
