"""Who an operator is: a bearer token, or HTTP Basic with the token as password for looking at pages in a browser."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from core.errors import RateLimited, Unauthorised
from gateway.doorway import Doorway
from storage.accounts import Operator, find_operator

WRONG_PER_MINUTE = 30


async def provide_operator(request: Request[Any, Any, Any], doorway: NamedDependency[Doorway]) -> Operator:
    """Return who asks. Raises `Unauthorised`, `RateLimited` after many wrong tokens."""
    return await identify(request, doorway)


async def require_operator(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard routes that do not ask for the operator themselves."""
    await identify(connection, connection.app.state.doorway)


async def identify(connection: ASGIConnection[Any, Any, Any, Any], doorway: Doorway) -> Operator:
    """Return who holds the token of a request. Raises `Unauthorised`, `RateLimited`.

    Basic works for reading only: browsers add it to requests that other pages start.
    """
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    token = ""
    if scheme.lower() == "bearer":
        token = given.strip()
    elif scheme.lower() == "basic" and connection.scope.get("method") in ("GET", "HEAD"):
        token = _password(given)
    if token:
        try:
            return await find_operator(doorway.house.app, token)
        except Unauthorised:
            where = connection.client.host if connection.client else "unknown"
            wait = await doorway.house.limiter.wait_for(f"operator:{where}", WRONG_PER_MINUTE, WRONG_PER_MINUTE)
            if wait:
                raise RateLimited("Too many wrong tokens; wait a moment.", wait) from None
    raise Unauthorised("The operator token is missing or wrong. It lies in secrets/operator.token of the data folder.")


def _password(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
