"""The platforms' door: `POST /webhooks/{platform}/{account}`."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from core.errors import Unauthorised
from core.inbound import WebhookRequest
from core.log import correlated, get_logger
from core.nouns import Account
from core.ports import framed
from gateway.doorway import Doorway

log = get_logger(__name__)


@post("/webhooks/{platform:str}/{account:str}", status_code=HTTP_200_OK, tags=["Platforms"], summary="Take a platform's events")
async def take_webhook(
    request: Request[Any, Any, Any], doorway: NamedDependency[Doorway], platform: FromPath[str], account: FromPath[str]
) -> Response[dict[str, bool]]:
    """Verify a platform's request over its raw bytes, write its events once, and acknowledge after the commit.

    Unknown platform, unknown account and wrong signature all answer 401. A body that cannot be read is kept for an
    operator and acknowledged. 503 with Retry-After: nothing was stored, please send it again.
    """
    correlation_id = uuid4().hex
    with correlated(correlation_id):
        raw = await request.body()
        try:
            owner, body = await _verify(request, doorway, platform, account, raw)
        except Unauthorised as error:
            log.info("webhook_refused", platform=platform, reason=str(error))
            raise Unauthorised("Unknown account or wrong signature.") from None
        written = await doorway.take_in(owner, body, correlation_id)
        log.info(
            "webhook_taken", account=str(owner.id), platform=platform, events=len(written), fresh=sum(w.fresh for w in written)
        )
        return Response({"ok": True}, headers={"x-correlation-id": correlation_id})


async def _verify(
    request: Request[Any, Any, Any], doorway: Doorway, platform: str, key: str, raw: bytes
) -> tuple[Account, bytes]:
    """Return the account that a request is for, and what is to be kept and parsed of it. Raises `Unauthorised`."""
    adapter = doorway.platforms.get(platform)
    if adapter is None:
        raise Unauthorised("There is no such platform.")
    account = await doorway.book.find(platform, key)
    headers = {name.lower(): value for name, value in request.headers.items()}
    arrived = WebhookRequest(raw, headers, dict(request.query_params))
    adapter.verify(account, arrived)
    return account, framed(adapter, arrived)
