"""Who an operator is: a bearer token, or HTTP Basic with the token as password for looking at pages in a browser."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from core.errors import RateLimited, Unauthorised
from gateway.doorway import Doorway
from storage.accounts import Operator, find_operator

WRONG_PER_MINUTE = 30


async def provide_operator(request: Request[Any, Any, Any], doorway: NamedDependency[Doorway]) -> Operator:
    """Return who asks. Raises `Unauthorised`, `RateLimited` after many wrong tokens.

    Basic works for reading only: browsers add it to requests that other pages start.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = ""
    if scheme.lower() == "bearer":
        token = given.strip()
    elif scheme.lower() == "basic" and request.method in ("GET", "HEAD"):
        token = _password(given)
    if token:
        try:
            return await find_operator(doorway.house.app, token)
        except Unauthorised:
            where = request.client.host if request.client else "unknown"
            wait = await doorway.house.limiter.wait_for(f"operator:{where}", WRONG_PER_MINUTE, WRONG_PER_MINUTE)
            if wait:
                raise RateLimited("Too many wrong tokens; wait a moment.", wait) from None
    raise Unauthorised("The operator token is missing or wrong. It lies in secrets/operator.token of the data folder.")


def _password(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
