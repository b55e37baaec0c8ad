"""The platforms' door: `POST /webhooks/{platform}/{account}`.

Most of what a busy house does is to take these requests, so they have a short way in: `WebhookDoor` answers them as plain
ASGI, before routing and injection (see docs/decisions/0008). The route stands in Litestar too, for the description and for
addresses that are written in another way; both ways end in `WebhookDoor.take`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeGuard
from urllib.parse import parse_qsl

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.exceptions import ClientException
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK
from litestar.types import HTTPScope, LifeSpanScope, Receive, Scope, Send

from core.errors import Unauthorised
from core.ids import new_correlation_id
from core.inbound import WebhookRequest
from core.log import get_logger
from core.platforms import Framer
from gateway.doorway import Doorway
from gateway.refusals import TOO_LARGE, describe

PREFIX = "/webhooks/"
DONE = b'{"ok":true}'
Header: TypeAlias = tuple[bytes, bytes]
log = get_logger(__name__)


def is_webhook(scope: Scope | LifeSpanScope) -> TypeGuard[HTTPScope]:
    """Say whether a request may be one of a platform."""
    return scope["type"] != "lifespan" and scope["type"] == ScopeType.HTTP and scope["path"].startswith(PREFIX)


class WebhookDoor:
    """Takes platforms' requests."""

    def __init__(self, doorway: Doorway, headers: Iterable[tuple[str, str]]) -> None:
        """Take events through this doorway; `headers` stand on every answer."""
        self._doorway = doorway
        self._framers = {name: adapter for name, adapter in doorway.platforms.items() if isinstance(adapter, Framer)}
        self._headers = [(b"content-type", b"application/json"), *((n.encode(), v.encode()) for n, v in headers)]
        self._done = [*self._headers, (b"content-length", str(len(DONE)).encode())]

    async def take(self, platform: str, key: str, request: WebhookRequest, correlation_id: str) -> None:
        """Verify a request over its raw bytes and write its events. Raises `Unauthorised`, `Unavailable`."""
        doorway = self._doorway
        try:
            adapter = doorway.platforms.get(platform)
            if adapter is None:
                raise Unauthorised("There is no such platform.")
            account = await doorway.book.find(platform, key)
            adapter.verify(account, request)
        except Unauthorised as error:
            log.info("webhook_refused", platform=platform, reason=str(error), correlation_id=correlation_id)
            raise Unauthorised("Unknown account or wrong signature.") from None
        framer = self._framers.get(platform)
        raw = request.raw if framer is None else framer.frame(request)
        await doorway.write(doorway.read(account, raw, correlation_id))

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> bool:
        """Answer a request whose address is plainly that of a webhook; say whether it was one."""
        parts = scope["path"].split("/")
        if scope["method"] != "POST" or len(parts) != 4 or not parts[2] or not parts[3]:
            return False
        correlation_id = new_correlation_id()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            raw = await _read(receive, self._doorway.settings.webhook_max_bytes, headers.get("content-length", ""))
            if raw is None:
                await self._send(send, *TOO_LARGE)
                return True
            query = (
                dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
                if scope["query_string"]
                else {}
            )
            await self.take(parts[2], parts[3], WebhookRequest(raw, headers, query), correlation_id)
        except Exception as error:
            await self._send(send, *describe(error))
        else:
            await send(
                {
                    "type": "http.response.start",
                    "status": HTTP_200_OK,
                    "headers": [*self._done, (b"x-correlation-id", correlation_id.encode())],
                }
            )
            await send({"type": "http.response.body", "body": DONE, "more_body": False})
        return True

    async def _send(self, send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
        more: list[Header] = [(name.encode(), value.encode()) for name, value in headers.items()]
        more.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": [*self._headers, *more]})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _read(receive: Receive, largest: int, announced: str) -> bytes | None:
    """Return the request's body; None when it is larger than allowed. Raises `ClientException` when the sender is gone."""
    if announced.isdigit() and int(announced) > largest:
        return None
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientException("The sender went away.")
        body += message["body"]
        if len(body) > largest:
            return None
        if not message["more_body"]:
            return body


@post("/webhooks/{platform:str}/{account:str}", status_code=HTTP_200_OK, tags=["Platforms"], summary="Take a platform's events")
async def take_webhook(
    request: Request[Any, Any, Any], door: NamedDependency[WebhookDoor], platform: FromPath[str], account: FromPath[str]
) -> Response[dict[str, bool]]:
    """Verify a platform's request over its raw bytes, write its events once, and acknowledge after the commit.

    Unknown platform, unknown account and wrong signature all answer 401. A body that cannot be read is kept for an
    operator and acknowledged. 503 with Retry-After: nothing was acknowledged, please send it again.
    """
    correlation_id = new_correlation_id()
    headers = {name.lower(): value for name, value in request.headers.items()}
    asked = WebhookRequest(await request.body(), headers, dict(request.query_params))
    await door.take(platform, account, asked, correlation_id)
    return Response({"ok": True}, headers={"x-correlation-id": correlation_id})
